import type { Labels } from './labels.ts'
import { selects } from './labels.ts'

/** Source: Kubernetes `meta/v1` LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

/** One that is empty selects everything, an operator that is none nothing. Source: Kubernetes `apimachinery` LabelSelectorAsSelector. */
export function matchesLabelSelector({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return selects(matchLabels ?? {}, labels) && (matchExpressions ?? []).every((expression) => fulfils(expression, labels))
}

function fulfils({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number], labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

import { selects } from '../registry/labels.ts'
import type { Fields } from './inventory.ts'
import { listOf, textsOf } from './inventory.ts'

type Labels = Readonly<Record<string, string>>

/** `app=web,version=v1`: in the order of the keys, as kubectl writes it. */
export function selectorText(selector: Labels | undefined): string {
  return Object.entries(selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}

/** An empty selector selects everything. */
export function isSelectedBy(labels: Labels, selector: Labels | undefined): boolean {
  return selects(selector ?? {}, labels)
}

/** Kubernetes `LabelSelector`; none selects everything, one that is wrong nothing. Source: apimachinery LabelSelectorAsSelector. */
export function matchesLabelSelector(selector: Fields | undefined, labels: Labels): boolean {
  if (!selector) return true
  return isSelectedBy(labels, selector.matchLabels) && listOf(selector.matchExpressions).every((expression) => holds(expression, labels))
}

function holds({ key, operator, values }: Fields, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  const wanted = textsOf(values)
  switch (operator) {
    case 'In':
      return value !== undefined && wanted.includes(value)
    case 'NotIn':
      return value === undefined || !wanted.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

import type { LabelSelector, NamespaceRule } from './types.ts'

type Labels = Readonly<Record<string, string>>

/** Source: Kubernetes `apimachinery/pkg/apis/meta/v1` LabelSelectorAsSelector. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value)
  return equal && (selector.matchExpressions ?? []).every((expression) => fulfils(expression, labels))
}

function fulfils({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number], labels: Labels): boolean {
  const value = labels[key]
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

/** The namespaces that a rule takes: names, or `*` for all. The rule's own counts as `Same`. */
export function namespacesFor(rule: NamespaceRule | undefined, own: string, namespaces: ReadonlyMap<string, Labels>): string[] {
  switch (rule?.from ?? 'Same') {
    case 'All':
      return ['*']
    case 'Selector':
      return [...namespaces].filter(([, labels]) => matchesSelector(rule?.selector ?? {}, labels)).map(([name]) => name)
    case 'None':
      return []
    case 'Same':
      return [own]
  }
}

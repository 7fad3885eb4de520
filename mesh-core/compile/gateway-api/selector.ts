import { matchesLabelSelector } from '../../registry/label-selector.ts'
import type { Labels } from '../../registry/labels.ts'
import type { NamespaceRule } from './types.ts'

/** The namespaces that a rule takes: names, or `*` for all. The rule's own counts as `Same`. */
export function namespacesFor(rule: NamespaceRule | undefined, own: string, namespaces: ReadonlyMap<string, Labels>): string[] {
  switch (rule?.from ?? 'Same') {
    case 'All':
      return ['*']
    case 'Selector':
      return [...namespaces].filter(([, labels]) => matchesLabelSelector(rule?.selector ?? {}, labels)).map(([name]) => name)
    case 'None':
      return []
    case 'Same':
      return [own]
  }
}

import type { Resource } from '../config/resource.ts'
import { type LabelSelector, matchesLabelSelector } from './label-selector.ts'
import type { Labels } from './labels.ts'

export interface NamespaceRule {
  readonly from?: 'All' | 'Same' | 'Selector' | 'None'
  readonly selector?: LabelSelector
}

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

/** Labels of the namespaces that are known: one that something lives in is there, whether or not its own object was given. */
export function labelsOfNamespaces(resources: readonly Resource[]): ReadonlyMap<string, Labels> {
  const labels = new Map<string, Labels>()
  for (const { namespace } of resources) if (namespace !== '' && !labels.has(namespace)) labels.set(namespace, nameLabel(namespace))
  for (const { kind, name, object } of resources) if (kind === 'Namespace') labels.set(name, { ...object.metadata.labels, ...nameLabel(name) })
  return labels
}

/** Kubernetes puts it onto every namespace. */
function nameLabel(name: string): Labels {
  return { 'kubernetes.io/metadata.name': name }
}

/** Does a Gateway take the listeners of sets of a namespace? Without a word of none. */
export function takesListenersOf(namespace: string, gateway: Resource, namespaces: ReadonlyMap<string, Labels>): boolean {
  const spec = (gateway.object['spec'] ?? {}) as { readonly allowedListeners?: { readonly namespaces?: NamespaceRule } }
  const taken = namespacesFor({ from: 'None', ...spec.allowedListeners?.namespaces }, gateway.namespace, namespaces)
  return taken.includes('*') || taken.includes(namespace)
}

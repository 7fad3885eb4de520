import type { Resource } from '../config/resource.ts'

/** Every namespace carries its name as a label, whether or not anybody wrote it. */
export function labelsOfNamespaces(resources: readonly Resource[]): (namespace: string) => Readonly<Record<string, string>> {
  const labels = new Map(resources.filter(({ kind }) => kind === 'Namespace').map(({ name, object }) => [name, object.metadata.labels ?? {}]))
  return (namespace) => ({ ...labels.get(namespace), 'kubernetes.io/metadata.name': namespace })
}

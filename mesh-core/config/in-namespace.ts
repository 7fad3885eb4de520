import type { Resource } from './resource.ts'
import { named } from './to-resource.ts'

/** Puts the resources whose document names no namespace into `namespace`, as `kubectl -n` does. */
export function inNamespace(resources: readonly Resource[], namespace: string): Resource[] {
  return resources.map((resource) => {
    const { metadata } = resource.object
    const own = resource.namespace === '' || resource.namespace === namespace || Boolean(metadata?.namespace)
    return own ? resource : moved(resource, namespace)
  })
}

/** Moved ones are remembered, so that what was found out about one (its validation) is found out once. */
const movedOnes = new WeakMap<Resource, Map<string, Resource>>()

function moved(resource: Resource, namespace: string): Resource {
  const known = movedOnes.get(resource) ?? new Map<string, Resource>()
  movedOnes.set(resource, known)
  const again = known.get(namespace)
  if (again) return again
  const { document, path } = resource.origin
  const { object, kind, apiVersion, name, source } = resource
  const fresh = named({ object, kind, apiVersion, name, source, namespace, document, path })
  known.set(namespace, fresh)
  return fresh
}

import type { Service } from '../../registry/registry.ts'

export type ByNamespace = ReadonlyMap<string, Service>

const indexes = new WeakMap<readonly Service[], ReadonlyMap<string, ByNamespace>>()

/**
 * Of each host and namespace one service: the oldest, or a later one that is Kubernetes' own, whoever may see it.
 * Source: Istio `pilot/pkg/model/push_context.go` initServiceRegistry (`HostnameAndNamespace`).
 * @param services in order of age
 */
export function serviceIndex(services: readonly Service[]): ReadonlyMap<string, ByNamespace> {
  const known = indexes.get(services)
  if (known) return known
  const index = new Map<string, Map<string, Service>>()
  for (const service of services) {
    const byNamespace = index.get(service.host) ?? new Map<string, Service>()
    index.set(service.host, byNamespace)
    const first = byNamespace.get(service.namespace)
    if (!first || (first.provider !== 'Kubernetes' && service.provider === 'Kubernetes')) byNamespace.set(service.namespace, service)
  }
  indexes.set(services, index)
  return index
}

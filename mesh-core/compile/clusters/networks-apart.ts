import type { NotModelled, Resource } from '../../config/resource.ts'
import { originAt } from '../../config/resource.ts'
import { networkLabel } from '../../registry/topology.ts'

/**
 * Endpoints of networks that a gateway leads into, through which proxies of other networks would go. Without any such gateway they are as near as all others.
 * Source: Istio `xds/endpoints/ep_filters.go` EndpointsByNetworkFilter, `serviceregistry/kube/controller/network.go`.
 */
export function networksApartIn(resources: readonly Resource[]): NotModelled[] {
  const gateway = resources.find(({ kind, object }) => (kind === 'Service' || kind === 'Gateway') && object.metadata.labels?.[networkLabel])
  if (!gateway) return []
  return resources.flatMap((resource) =>
    pathsOf(resource).map((path) => ({
      resource: resource.origin.resource,
      origin: originAt(resource, path),
      message: `network is not modelled where a gateway leads into one, as ${gateway.origin.resource} does: everybody is reached directly here`,
    })),
  )
}

function pathsOf({ kind, object }: Resource): (string | number)[][] {
  const spec = object['spec'] ?? {}
  if (kind === 'WorkloadEntry') return spec.network ? [['spec', 'network']] : []
  if (kind !== 'ServiceEntry') return []
  const endpoints: readonly { readonly network?: string }[] = spec.endpoints ?? []
  return endpoints.flatMap(({ network }, i) => (network ? [['spec', 'endpoints', i, 'network']] : []))
}

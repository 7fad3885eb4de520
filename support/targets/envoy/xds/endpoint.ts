import type { Cluster, Endpoint } from '../../../../mesh-core/ir/cluster.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { hashKey, socketAddress } from './placement.ts'
import type { Placement } from './placement.ts'

/** Source: Envoy `ClusterLoadAssignment`. */
export function clusterLoadAssignment(config: Cluster, placement: Placement): Json {
  const type = 'envoy.config.endpoint.v3.ClusterLoadAssignment'
  return typed(type, { cluster_name: placement.cluster(config.name), endpoints: endpointsByLocality(config, placement) })
}

/** Endpoints that are not ready are left out, as Kubernetes leaves them out of an EndpointSlice's ready ones. */
export function endpointsByLocality({ endpoints }: Cluster, placement: Placement): readonly Json[] {
  const localities = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) if (endpoint.healthy) localities.set(endpoint.locality, [...(localities.get(endpoint.locality) ?? []), endpoint])
  return [...localities].map(([locality, own]) => ({
    ...optional('locality', localityOf(locality)),
    lb_endpoints: own.map((endpoint) => lbEndpoint(endpoint, placement)),
  }))
}

function localityOf(locality: string): Json | null {
  if (locality === '') return null
  const [region, zone, subzone] = locality.split('/')
  return { region, ...optional('zone', zone || null), ...optional('sub_zone', subzone || null) }
}

function lbEndpoint(endpoint: Endpoint, placement: Placement): Json {
  const place = placement.endpoint(endpoint)
  return {
    endpoint: { address: socketAddress(place) },
    ...hashKey(endpoint, place),
    ...(endpoint.weight === 1 ? {} : { load_balancing_weight: endpoint.weight }),
  }
}

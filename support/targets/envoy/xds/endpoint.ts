import type { Cluster, Endpoint, LocalityGroup } from '../../../../mesh-core/ir/cluster.ts'
import { optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { takesMutualTls } from './mutual-tls.ts'
import { hashKey, socketAddress } from './placement.ts'
import type { Placement } from './placement.ts'

/** Source: Envoy `ClusterLoadAssignment`. */
export function clusterLoadAssignment(config: Cluster, placement: Placement): Json {
  const type = 'envoy.config.endpoint.v3.ClusterLoadAssignment'
  return typed(type, { cluster_name: placement.cluster(config.name), endpoints: endpointsByLocality(config, placement) })
}

export function endpointsByLocality({ endpoints, localities }: Cluster, placement: Placement): readonly Json[] {
  if (localities) return localities.groups.map((group) => ({ ...localityEndpoints(group, placement), ...weightAndPriority(group) }))
  const byLocality = new Map<string, Endpoint[]>()
  for (const endpoint of endpoints) byLocality.set(endpoint.locality, [...(byLocality.get(endpoint.locality) ?? []), endpoint])
  return [...byLocality].map(([locality, own]) => localityEndpoints({ locality, endpoints: own }, placement))
}

function localityEndpoints({ locality, endpoints }: Pick<LocalityGroup, 'locality' | 'endpoints'>, placement: Placement): Json {
  return { locality: localityOf(locality), lb_endpoints: endpoints.map((endpoint) => lbEndpoint(endpoint, placement)) }
}

function weightAndPriority({ weight, priority }: LocalityGroup): Json {
  return { load_balancing_weight: weight, ...(priority === 0 ? {} : { priority }) }
}

/** Sent even when nothing is known: Envoy takes no weight of a place that is missing. */
function localityOf(locality: string): Json {
  const [region, zone, subzone] = locality.split('/')
  return { ...optional('region', region || null), ...optional('zone', zone || null), ...optional('sub_zone', subzone || null) }
}

export function lbEndpoint(endpoint: Endpoint, placement: Placement): Json {
  const place = placement.endpoint(endpoint)
  const metadata = {
    ...hashKey(endpoint, place),
    ...placement.formats.ofEndpoint(endpoint),
    ...(placement.takesMutualTls(endpoint) ? takesMutualTls : {}),
  }
  return {
    // Without a port it is the path of a Unix socket, as istiod has it. Source: Istio `networking/util/util.go` BuildAddress.
    endpoint: { address: endpoint.port === 0 ? { pipe: { path: endpoint.address } } : socketAddress(place) },
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: { filter_metadata: metadata } }),
    ...(endpoint.healthy ? {} : { health_status: 'UNHEALTHY' }),
    ...(endpoint.weight === 1 ? {} : { load_balancing_weight: endpoint.weight }),
  }
}

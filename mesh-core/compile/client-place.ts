import type { WorkloadInstance } from '../registry/registry.ts'
import { localityParts, topologyLabels } from '../registry/topology.ts'
import type { ClientPlace } from './clusters/locality.ts'

const places = new WeakMap<WorkloadInstance, ClientPlace>()

/** Where a client is. Labels of its pod that name region, zone or subzone go before all else. Source: Istio `xds/ads.go` setTopologyLabels. */
export function clientPlace(workload: WorkloadInstance): ClientPlace {
  const known = places.get(workload)
  if (known) return known
  const place = placeOf(workload)
  places.set(workload, place)
  return place
}

function placeOf({ labels, locality, node }: WorkloadInstance): ClientPlace {
  const own = topologyLabels(labels, locality, node)
  const parts = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'].map((name) => own[name] ?? '')
  const known = localityParts(parts.join('/')).join('/').replace(/\/+$/, '')
  return { labels: topologyLabels(own, known), locality: known }
}

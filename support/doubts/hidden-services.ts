import { listOf, specOf } from '../../mesh-core/analyze/inventory.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { requestedPort } from './requested-port.ts'

/** Where istiod leads what a proxy does not know. Source: Istio `pilot/pkg/util/constants.go`. */
const unknown: ReadonlySet<string> = new Set(['BlackHoleCluster', 'PassthroughCluster'])

/** Services of the mesh that the sender's proxy does not know: a Sidecar names what it sees, and `exportTo` who sees a service. */
export function hiddenServices(exchanges: readonly Exchange[], resources: readonly Resource[]): readonly string[] {
  const told = exchanges.flatMap(({ request, hops }) =>
    hops.slice(0, 1).flatMap(({ from, service: host, log }) => {
      if (from === null || log === null || !unknown.has(log.cluster)) return []
      const service = resources.find((one) => one.kind === 'Service' && host === `${one.name}.${one.namespace}.svc.cluster.local`)
      if (!service || !listOf(specOf(service).ports).some(({ port }) => Number(port) === requestedPort(request))) return []
      const reason = whatHides(from, service, resources)
      return reason === null
        ? []
        : [`${service.name}.${service.namespace} is there, and hidden from ${from.name}.${from.namespace}: look at ${reason}`]
    }),
  )
  return [...new Set(told)]
}

/** Sidecars that may act on the sender, or who the service is exported to. `null`: neither; it may be a listener that Envoy has refused. Source: Istio `pilot/pkg/model/sidecar.go`: of its namespace, else of the root namespace. */
function whatHides({ namespace }: { readonly namespace: string }, service: Resource, resources: readonly Resource[]): string | null {
  const sidecars = resources.filter(({ kind }) => kind === 'Sidecar')
  const own = sidecars.filter((one) => one.namespace === namespace)
  const acting = own.length > 0 ? own : sidecars.filter((one) => one.namespace === 'istio-system')
  if (acting.length > 0) return `the egress of ${acting.map(({ origin }) => origin.resource).join(', ')}`
  if (service.object.metadata.annotations?.[exportTo] !== undefined) return `its ${exportTo}`
  return resources.some(({ kind, object }) => kind === 'MeshConfig' && object['defaultServiceExportTo'] !== undefined)
    ? 'defaultServiceExportTo of the mesh config'
    : null
}

const exportTo = 'networking.istio.io/exportTo'

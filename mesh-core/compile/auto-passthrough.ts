import { anyConnection } from '../ir/proxy-config.ts'
import type { FilterChain } from '../ir/proxy-config.ts'
import type { GatewayServer } from './gateway-resource.ts'
import type { GatewayScope } from './gateway-scope.ts'
import { isSubsetOf, sniClusterName } from './names.ts'
import { visibleServices } from './sidecar-scope.ts'

/** ALPN by which sidecars speak mutual TLS with each other. Source: Istio `core/listener.go` allIstioMtlsALPNs. */
const meshProtocols = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2']

/**
 * Sidecars of another network name the cluster that they mean by SNI; the bytes go there unread. A chain for each port and subset of each service of the mesh.
 * Source: Istio `core/gateway.go` builtAutoPassthroughFilterChains.
 */
export function autoPassthroughChains(server: GatewayServer, { catalog, registry, workload }: GatewayScope): FilterChain[] {
  const { namespace } = workload.ref
  const services = visibleServices(registry, catalog.mesh, namespace).filter(
    ({ host, external }) => !external && server.hosts.some((own) => isSubsetOf(host, own.host)),
  )
  return services.flatMap((service) => {
    const rule = catalog.destinationRules.find(service.host, { namespace, labels: workload.labels }, service.namespace)
    const subsets = ['', ...(rule?.subsets ?? []).map(({ name }) => name)]
    const ports = service.ports.filter(({ protocol }) => protocol !== 'udp')
    return ports.flatMap(({ number }) => subsets.map((subset) => chainTo(sniClusterName(service.host, number, subset))))
  })
}

function chainTo(cluster: string): FilterChain {
  const filter = { kind: 'tcp', clusters: [{ cluster, weight: 1 }], origin: null } as const
  return { ...anyConnection, name: '', serverNames: [cluster], applicationProtocols: meshProtocols, tls: null, filter }
}

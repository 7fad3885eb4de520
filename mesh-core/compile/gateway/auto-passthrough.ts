import type { Cluster } from '../../ir/cluster.ts'
import { anyConnection } from '../../ir/proxy-config.ts'
import type { FilterChain, Listener } from '../../ir/proxy-config.ts'
import type { GatewayServer } from './gateway-resource.ts'
import type { GatewayScope } from './gateway-scope.ts'
import { meshProtocols } from '../inbound/inbound-chains.ts'
import { isSniClusterName, isSubsetOf, sniClusterName } from '../names.ts'
import { visibleServices } from '../sidecar/sidecar-scope.ts'

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

/** Those clusters that chains of a gateway lead to. @param clusters all that the gateway may have */
export function askedBySni(listeners: readonly Listener[], clusters: () => readonly Cluster[]): Record<string, Cluster> {
  const filters = listeners.flatMap(({ filterChains }) => filterChains.map(({ filter }) => filter))
  const names = new Set(filters.flatMap((filter) => (filter.kind === 'tcp' ? filter.clusters.map(({ cluster }) => cluster) : [])))
  if (![...names].some(isSniClusterName)) return {}
  return Object.fromEntries(clusters().flatMap((cluster) => (names.has(cluster.name) ? [[cluster.name, cluster]] : [])))
}

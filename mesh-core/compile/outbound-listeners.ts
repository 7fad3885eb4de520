import type { FilterChain, Listener, NetworkFilter } from '../ir/proxy-config.ts'
import { isHttp } from '../registry/protocol.ts'
import type { Service, ServicePort } from '../registry/registry.ts'
import type { MeshConfig } from './mesh-config.ts'
import { clusterName } from './names.ts'
import type { EgressListener, SidecarScope } from './sidecar-scope.ts'

/**
 * One for each address and port that is dialled; HTTP ports share one for all addresses, and so do hosts behind TLS that have no address and are told apart by
 * their name. Source: Istio `core/listener.go` buildSidecarOutboundListeners.
 */
export function outboundListeners(scope: SidecarScope, mesh: MeshConfig): Listener[] {
  const listeners = new Map<string, Listener>()
  for (const egress of scope.egress) {
    // What an entry with a port listens on is not added to by the one without.
    const locked: ReadonlySet<string> = egress.port ? new Set() : new Set(listeners.keys())
    for (const { service, port } of dialledPorts(egress)) {
      for (const listener of listenersOf(service, port, egress.bind, scope, mesh)) {
        if (locked.has(listener.name)) continue
        const known = listeners.get(listener.name)
        listeners.set(listener.name, known ? joined(known, listener) : listener)
      }
    }
  }
  return [...listeners.values(), virtualOutbound(scope)]
}

/** A port that the entry names goes before those of the services, with its protocol. */
export function dialledPorts({ services, port }: EgressListener): { service: Service; port: ServicePort }[] {
  return services.flatMap((service) => service.ports.map((own) => ({ service, port: port ? { ...own, ...port } : own })))
}

/** HTTP listens on every address; anything else on those of the service, and for ranges of addresses on all with a chain for the range. */
function listenersOf(service: Service, port: ServicePort, bind: string, scope: SidecarScope, mesh: MeshConfig): Listener[] {
  if (port.protocol === 'udp') return []
  const routeTable = isHttp(port.protocol) ? String(port.number) : port.protocol === 'auto' ? sniffedTable(service, port) : null
  const filterChains =
    routeTable === null ? tcpChains(service, port, scope) : [anyChain('', { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization })]
  const on = (address: string, chains: readonly FilterChain[]): Listener => {
    return { name: `${address}_${port.number}`, direction: 'outbound', address, port: port.number, filterChains: chains }
  }
  const everywhere = bind || '0.0.0.0'
  if (bind || isHttp(port.protocol) || service.addresses.length === 0) return [on(everywhere, filterChains)]
  const ranges = service.addresses.filter((address) => address.includes('/'))
  const limited = filterChains.map((chain) => ({ ...chain, destinations: ranges }))
  return [
    ...service.addresses.filter((address) => !address.includes('/')).map((address) => on(address, filterChains)),
    ...(ranges.length > 0 ? [on(everywhere, [...limited, unknownTraffic(scope)])] : []),
  ]
}

/** Behind TLS a host without an address is known by the name that the client asks for; what fits no name is treated as unknown traffic. */
function tcpChains(service: Service, port: ServicePort, scope: SidecarScope): FilterChain[] {
  const chain = anyChain('', tcpTo(clusterName(service.host, port.number, '')))
  const byName = service.address === '' && (port.protocol === 'tls' || port.protocol === 'https')
  return byName ? [{ ...chain, serverNames: [service.host], transport: 'tls' }, unknownTraffic(scope)] : [chain]
}

function isSelective({ serverNames, destinations }: FilterChain): boolean {
  return serverNames.length > 0 || destinations !== undefined
}

/** Chains that look at what is dialled stand beside one another; of those that take everything the first stays, save that what is known goes before the unknown. */
function joined(first: Listener, second: Listener): Listener {
  const selective = [...first.filterChains, ...second.filterChains].filter(isSelective)
  if (selective.length === 0) return first
  const rest = [...first.filterChains, ...second.filterChains].filter((chain) => !isSelective(chain))
  const fallback = rest.find((chain) => chain.name === '') ?? rest[0]
  return { ...first, filterChains: [...selective, ...(fallback ? [fallback] : [])] }
}

function anyChain(name: string, filter: NetworkFilter): FilterChain {
  return { name, serverNames: [], transport: null, filter }
}

function tcpTo(cluster: string): NetworkFilter {
  return { kind: 'tcp', clusters: [{ cluster, weight: 1 }] }
}

function unknownTraffic(scope: SidecarScope): FilterChain {
  const cluster = scope.allowAny ? 'PassthroughCluster' : 'BlackHoleCluster'
  return anyChain(cluster, tcpTo(cluster))
}

export function sniffedTable(service: Service, port: ServicePort): string {
  return `${service.host}:${port.number}`
}

/** Takes what no other listener takes. */
function virtualOutbound(scope: SidecarScope): Listener {
  return { name: 'virtualOutbound', direction: 'outbound', address: '0.0.0.0', port: 15001, filterChains: [unknownTraffic(scope)] }
}

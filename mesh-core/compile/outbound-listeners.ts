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
      const listener = listenerOf(service, port, egress.bind, scope, mesh)
      if (!listener || locked.has(listener.name)) continue
      const known = listeners.get(listener.name)
      if (!known) listeners.set(listener.name, listener)
      else if (isByServerName(known) && isByServerName(listener)) listeners.set(listener.name, joinedListener(known, listener))
    }
  }
  return [...listeners.values(), virtualOutbound(scope)]
}

/** A port that the entry names goes before those of the services, with its protocol. */
export function dialledPorts({ services, port }: EgressListener): { service: Service; port: ServicePort }[] {
  return services.flatMap((service) => service.ports.map((own) => ({ service, port: port ? { ...own, ...port } : own })))
}

function listenerOf(service: Service, port: ServicePort, bind: string, scope: SidecarScope, mesh: MeshConfig): Listener | null {
  if (port.protocol === 'udp') return null
  const address = bind || (isHttp(port.protocol) || service.address === '' ? '0.0.0.0' : service.address)
  const routeTable = isHttp(port.protocol) ? String(port.number) : port.protocol === 'auto' ? sniffedTable(service, port) : null
  const filterChains =
    routeTable === null ? tcpChains(service, port, scope) : [anyChain('', { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization })]
  return { name: `${address}_${port.number}`, direction: 'outbound', address, port: port.number, filterChains }
}

/** Behind TLS a host without an address is known by the name that the client asks for; what fits no name is treated as unknown traffic. */
function tcpChains(service: Service, port: ServicePort, scope: SidecarScope): FilterChain[] {
  const chain = anyChain('', tcpTo(clusterName(service.host, port.number, '')))
  const byName = service.address === '' && (port.protocol === 'tls' || port.protocol === 'https')
  return byName ? [{ ...chain, serverNames: [service.host], transport: 'tls' }, unknownTraffic(scope)] : [chain]
}

function isByServerName(listener: Listener): boolean {
  return (listener.filterChains[0]?.serverNames.length ?? 0) > 0
}

function joinedListener(first: Listener, second: Listener): Listener {
  const fallback = first.filterChains.at(-1)!
  return { ...first, filterChains: [...first.filterChains.slice(0, -1), ...second.filterChains.slice(0, -1), fallback] }
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

import { anyConnection, plainHttp } from '../ir/proxy-config.ts'
import type { FilterChain, HttpSettings, NetworkFilter } from '../ir/proxy-config.ts'
import { isHttp } from '../registry/protocol.ts'
import type { Service, ServicePort } from '../registry/registry.ts'
import type { ServiceOf } from './destination-cluster.ts'
import { concerns, tcpProxyTo, type L4Client, type L4Match } from './l4-rule.ts'
import { withSettings } from './proxy-settings.ts'
import type { MeshConfig } from './mesh-config.ts'
import { clusterName, meshGateway, overlaps } from './names.ts'
import type { VirtualService } from './virtual-service.ts'

/** What the filter chains of a sidecar's outbound listeners are made of. */
export interface OutboundChains extends ConnectionChains {
  readonly mesh: MeshConfig
  readonly settings: HttpSettings
}

/** Those of `tcp` and `tls` rules. */
export interface ConnectionChains {
  readonly client: L4Client
  readonly serviceOf: ServiceOf
}

/** What of a service counts for connections to it. */
export type ListenedService = Pick<Service, 'host' | 'addresses' | 'ports' | 'origin'>

/**
 * Who takes connections to a port of a service: HTTP by its first bytes, all else by `tcp` or `tls` rules. Source: Istio `core/listener.go`
 * buildSidecarOutboundListener.
 * @param rules of the sidecar, in their order
 * @param everywhere the listener is for every address
 */
export function chainsFor(
  service: Service,
  port: ServicePort,
  rules: readonly VirtualService[],
  everywhere: boolean,
  outbound: OutboundChains,
): FilterChain[] {
  if (isHttp(port.protocol)) return [httpChain(String(port.number), outbound)]
  const own = rules.filter((vs) => vs.hosts.some((host) => overlaps(host, service.host)))
  const connections = connectionChains(service, port, own, everywhere, outbound)
  return port.protocol === 'auto' ? [httpChain(sniffedTable(service, port), outbound), ...connections] : connections
}

/** Those for connections of which no HTTP is read. @param rules whose hosts are the service's, in their order */
export function connectionChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  everywhere: boolean,
  outbound: ConnectionChains,
): FilterChain[] {
  const chains = port.protocol === 'tls' || port.protocol === 'https' ? tlsChains : tcpChains
  return chains(service, port, rules, everywhere, outbound)
}

function httpChain(routeTable: string, { mesh, settings }: OutboundChains): FilterChain {
  const filter = { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization, ...withSettings(settings) } as const
  return { ...anyConnection, name: '', transport: 'raw_buffer', applicationProtocols: plainHttp, tls: null, filter }
}

/** The first rule that fits without looking at the connection takes all that those before it left. Source: Istio `core/tls.go` buildSidecarOutboundTCPFilterChainOpts. */
function tcpChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  everywhere: boolean,
  outbound: ConnectionChains,
): FilterChain[] {
  const blocks = blocksOf(service, everywhere)
  const chains: FilterChain[] = []
  for (const rule of rules.flatMap((vs) => vs.tcp)) {
    const filter = tcpProxyTo(rule, port.number, outbound.serviceOf)
    const fitting = rule.matches.filter((match) => fits(match, port, outbound))
    if (rule.matches.length === 0 || fitting.some(({ destinationSubnets }) => destinationSubnets.length === 0))
      return [...chains, chainTo(filter, { destinations: blocks })]
    const subnets = fitting.flatMap(({ destinationSubnets }) => destinationSubnets)
    if (subnets.length > 0) chains.push(chainTo(filter, { destinations: subnets }))
    if (subnets.length > 0 && sameBlocks(subnets, blocks)) return chains
  }
  return [...chains, chainTo(toService(service, port), { destinations: blocks })]
}

/** A chain for each match; of those that ask for the same only the first. Source: the same file, buildSidecarOutboundTLSFilterChainOpts. */
function tlsChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  everywhere: boolean,
  outbound: ConnectionChains,
): FilterChain[] {
  let destinations = blocksOf(service, everywhere)
  const chains = new Map<string, FilterChain>()
  for (const rule of rules.flatMap((vs) => vs.tls))
    for (const match of rule.matches.filter((one) => fits(one, port, outbound))) {
      if (match.destinationSubnets.length > 0) destinations = match.destinationSubnets
      const key = `${match.sniHosts.join(',')}|${match.destinationSubnets.join(',')}`
      const serverNames = match.sniHosts.includes('*') ? [] : match.sniHosts
      if (!chains.has(key)) chains.set(key, chainTo(tcpProxyTo(rule, port.number, outbound.serviceOf), { destinations, serverNames }))
    }
  if (chains.size > 0) return [...chains.values()]
  const serverNames = everywhere || destinations.length > 0 ? [service.host] : []
  return [chainTo(toService(service, port), { destinations, serverNames })]
}

function fits(match: L4Match, port: ServicePort, { client }: ConnectionChains): boolean {
  return concerns(match, client, meshGateway, port.number)
}

function toService(service: ListenedService, listened: ServicePort): NetworkFilter {
  const port = service.ports.length === 1 ? service.ports[0]!.number : listened.number
  return { kind: 'tcp', clusters: [{ cluster: clusterName(service.host, port, ''), weight: 1 }], origin: service.origin }
}

function chainTo(filter: NetworkFilter, match: Partial<FilterChain>): FilterChain {
  return { ...anyConnection, ...match, name: '', tls: null, filter }
}

/** On a listener for every address those of the service are looked at that stand for many. */
function blocksOf({ addresses }: ListenedService, everywhere: boolean): readonly string[] {
  return everywhere ? addresses.filter((address) => address.includes('/')) : []
}

function sameBlocks(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted())
}

/** The table of a port whose protocol is seen by the first bytes. */
export function sniffedTable(service: Service, port: ServicePort): string {
  return `${service.host}:${port.number}`
}

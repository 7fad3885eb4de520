import { type Access, accessToBytes } from '../authorization/authorization-policies.ts'
import { anyConnection, plainHttp } from '../../ir/proxy-config.ts'
import type { FilterChain, HttpSettings, NetworkFilter } from '../../ir/proxy-config.ts'
import { isHttp } from '../../registry/protocol.ts'
import type { Service, ServicePort } from '../../registry/registry.ts'
import type { ServiceOf } from '../clusters/destination-cluster.ts'
import { concerns, tcpProxyTo, type L4Client, type L4Match } from '../rules/l4-rule.ts'
import { withSettings } from '../mesh/proxy-settings.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { clusterName, meshGateway, overlaps } from '../names.ts'
import { shortNames } from '../rules/virtual-hosts.ts'
import type { VirtualService } from '../rules/virtual-service.ts'

/** What the filter chains of a sidecar's outbound listeners are made of. */
export interface OutboundChains extends ConnectionChains {
  readonly mesh: MeshConfig
  readonly settings: HttpSettings
  /** As the sidecar's scope has it. */
  readonly byAddress: boolean
  /** Hosts that nothing is known of are looked up. */
  readonly looksUpAll: boolean
}

/** Those of `tcp` and `tls` rules. */
export interface ConnectionChains {
  readonly client: L4Client
  readonly serviceOf: ServiceOf
  /** What is asked of who comes to the workload itself: nobody else is asked on the way out, but for names that are looked up. */
  readonly access: () => Access | null
}

/** What of a service counts for connections to it. */
export type ListenedService = Pick<Service, 'host' | 'aliases' | 'ports' | 'origin' | 'resolution'>

/** Where connections to a service are taken. */
export interface Place {
  /** That the listener has; `0.0.0.0` for every one. */
  readonly address: string
  /** The service is a range of addresses, which is looked at. */
  readonly block: string | null
  /** Nothing but its name tells the service from others of that place. */
  readonly isNamed: boolean
}

export const everyAddress = '0.0.0.0'

/**
 * Who takes connections to a port of a service: HTTP by its first bytes, all else by `tcp` or `tls` rules. Source: Istio `core/listener.go`
 * buildSidecarOutboundListener.
 * @param rules of the sidecar, in their order
 */
export function chainsFor(
  service: Service,
  port: ServicePort,
  rules: readonly VirtualService[],
  place: Place,
  outbound: OutboundChains,
): FilterChain[] {
  const isShared = place.address === everyAddress
  const isOwn = !isShared && hasOwnTable(service, port, outbound.byAddress)
  const http = httpChain(isOwn ? sniffedTable(service, port) : String(port.number), outbound, service.resolution === 'dynamic-dns')
  if (isHttp(port.protocol)) return [isShared ? lookingFor(http) : http]
  const own = rules.filter((vs) => vs.hosts.some((host) => overlaps(host, service.host)))
  const connections = connectionChains(service, port, own, place, outbound)
  return port.protocol === 'auto' ? [...connections, lookingFor(http)] : connections
}

/** Those for connections of which no HTTP is read. @param rules whose hosts are the service's, in their order */
export function connectionChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  place: Place,
  outbound: ConnectionChains,
): FilterChain[] {
  const chains = port.protocol === 'tls' || port.protocol === 'https' ? tlsChains : tcpChains
  return chains(service, port, rules, place, outbound)
}

/** Is this the only service that requests to its address may be for? */
export function hasOwnTable({ addresses }: Service, { protocol }: ServicePort, byAddress: boolean): boolean {
  return protocol === 'auto' || (byAddress && isHttp(protocol) && addresses.length > 0 && addresses.every((address) => !address.includes('/')))
}

/** Of several services of a port that of the first looks up names, or none does. Source: Istio `core/listener_builder.go` buildHTTPConnectionManager. */
function httpChain(routeTable: string, { mesh, settings, looksUpAll }: OutboundChains, looksUp: boolean): FilterChain {
  const lookup = looksUp || looksUpAll ? { looksUpHosts: true as const } : {}
  const filter = { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization, ...withSettings(settings), ...lookup } as const
  return { ...anyConnection, name: '', tls: null, filter }
}

/** Takes what is HTTP by its first bytes, and nothing else. */
export function sniffedHttp(routeTable: string, outbound: OutboundChains): FilterChain {
  return lookingFor(httpChain(routeTable, outbound, false))
}

function lookingFor(chain: FilterChain): FilterChain {
  return { ...chain, transport: 'raw_buffer', applicationProtocols: plainHttp }
}

/** The first rule that fits without looking at the connection takes all that those before it left. Source: Istio `core/tls.go` buildSidecarOutboundTCPFilterChainOpts. */
function tcpChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  place: Place,
  outbound: ConnectionChains,
): FilterChain[] {
  const blocks = blocksOf(place)
  const chains: FilterChain[] = []
  let hasOwn = false
  for (const rule of rules.flatMap((vs) => vs.tcp)) {
    const filter = tcpProxyTo(rule, port.number, outbound.serviceOf)
    const fitting = rule.matches.filter((match) => fits(match, port, outbound))
    if (rule.matches.length === 0 || fitting.some(({ destinationSubnets }) => destinationSubnets.length === 0))
      return [...chains, chainTo(filter, { destinations: blocks })]
    const subnets = fitting.flatMap(({ destinationSubnets }) => destinationSubnets)
    if (subnets.length > 0) chains.push(chainTo(filter, { destinations: subnets }))
    // Those behind it are made all the same, and Envoy refuses the listener for a twin among them.
    if (subnets.length > 0 && sameBlocks(subnets, blocks)) hasOwn = true
  }
  return hasOwn ? chains : [...chains, chainTo(toService(service, port, outbound), { destinations: blocks })]
}

/** A chain for each match; of those that ask for the same only the first. Source: the same file, buildSidecarOutboundTLSFilterChainOpts. */
function tlsChains(
  service: ListenedService,
  port: ServicePort,
  rules: readonly Pick<VirtualService, 'tcp' | 'tls'>[],
  place: Place,
  outbound: ConnectionChains,
): FilterChain[] {
  let destinations = blocksOf(place)
  const chains = new Map<string, FilterChain>()
  for (const rule of rules.flatMap((vs) => vs.tls))
    for (const match of rule.matches.filter((one) => fits(one, port, outbound))) {
      if (match.destinationSubnets.length > 0) destinations = match.destinationSubnets
      const key = `${match.sniHosts.join(',')}|${match.destinationSubnets.join(',')}`
      const serverNames = match.sniHosts.includes('*') ? [] : match.sniHosts
      if (!chains.has(key)) chains.set(key, chainTo(tcpProxyTo(rule, port.number, outbound.serviceOf), { destinations, serverNames }))
    }
  if (chains.size > 0) return [...chains.values()]
  const serverNames = place.isNamed ? namesOf(service, outbound.client.namespace) : []
  return [chainTo(toService(service, port, outbound), { destinations, serverNames })]
}

function fits(match: L4Match, port: ServicePort, { client }: ConnectionChains): boolean {
  return concerns(match, client, meshGateway, port.number)
}

/** What looks up the name that TLS is for asks who it is as if somebody came to the workload. Source: Istio `core/networkfilter.go` buildCompleteNetworkFilters. */
function toService(service: ListenedService, listened: ServicePort, { access }: ConnectionChains): NetworkFilter {
  const port = service.ports.length === 1 ? service.ports[0]!.number : listened.number
  const filter = { kind: 'tcp', clusters: [{ cluster: clusterName(service.host, port, ''), weight: 1 }], origin: service.origin } as const
  return service.resolution === 'dynamic-dns' ? { ...filter, looksUpServerName: true, ...accessToBytes(access()) } : filter
}

function chainTo(filter: NetworkFilter, match: Partial<FilterChain>): FilterChain {
  return { ...anyConnection, ...match, name: '', tls: null, filter }
}

function blocksOf({ block }: Place): readonly string[] {
  return block === null ? [] : [block]
}

/** Other names of the service are said in every form, its own in full. Source: Istio `core/tls.go` buildSidecarOutboundTLSFilterChainOpts. */
function namesOf({ host, aliases }: ListenedService, namespace: string): string[] {
  return [host, ...aliases.flatMap((alias) => [alias, ...shortNames(alias, namespace)])]
}

function sameBlocks(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted())
}

/** The table of a port whose protocol is seen by the first bytes. */
export function sniffedTable(service: Service, port: ServicePort): string {
  return `${service.host}:${port.number}`
}

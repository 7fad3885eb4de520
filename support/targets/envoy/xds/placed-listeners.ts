import { blackHole } from '../../../../mesh-core/ir/inbound-port.ts'
import type { InboundChain, InboundPort } from '../../../../mesh-core/ir/inbound-port.ts'
import { networkOf } from '../../../../mesh-core/ir/address-range.ts'
import { anyConnection } from '../../../../mesh-core/ir/proxy-config.ts'
import type { FilterChain, FilterChainMatch, Listener, ProxyConfig } from '../../../../mesh-core/ir/proxy-config.ts'
import { byDestination, inspectsHttp, inspectsTls } from '../../../../mesh-core/match/filter-chain.ts'
import { landsType } from '../proxy-protocol.ts'
import { accessLog } from './access-log.ts'
import type { Writer } from './access-log.ts'
import { filtersOfBytes } from './custom-access-filters.ts'
import type { AskingPlace } from './custom-access-filters.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import { circuitBreakers, landingOf, protocolOptions, statName } from './cluster.ts'
import { httpConnectionManager } from './connection-manager.ts'
import { filterChain, httpInspector, inspectors, tlsInspector, virtualOutbound } from './filter-chain.ts'
import { prefixRange } from './prefix-range.ts'
import { inboundFilters } from './filters-of-route.ts'
import { headerOperations } from './header-mutation.ts'
import { given, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { inboundTls, seenProtocols } from './mutual-tls.ts'
import type { SecretSource } from './placement.ts'
import { socketAddress } from './placement.ts'
import { retryPolicy } from './retry-policy.ts'
import type { Landing, Placement } from './placement.ts'
import { proxyProtocol, proxyProtocolFilter } from './proxy-protocol-filter.ts'

const everyAddress = '0.0.0.0'

/** Key of the connection's metadata in which the place stands that answers at the original destination. */
const lands = 'lands'

/** Source: Envoy `OriginalDstLbConfig.metadata_key`. */
export function landsByMetadata(landing: Landing): Json {
  return { metadata_key: { key: proxyProtocolFilter, path: [{ key: landsAt(landing) }] } }
}

function landsAt({ by, portOverride, defaultPort, isUnknown }: Landing): string {
  const host = by === 'host' ? [isUnknown ? 'unknown' : 'host', defaultPort] : []
  return [lands, ...host, ...(portOverride === null ? [] : [portOverride])].join(':')
}

const others = new WeakMap<ProxyConfig, readonly Landing[]>()

/** Where clusters of a proxy go that do not go to where the client was going. */
export function otherLandings(config: ProxyConfig): readonly Landing[] {
  const found = others.get(config) ?? landingsIn(config)
  others.set(config, found)
  return found
}

function landingsIn({ clusters }: ProxyConfig): readonly Landing[] {
  const known = Object.values(clusters).filter(({ discovery }) => discovery === 'original-dst' || discovery === 'dynamic-dns')
  const landings = new Map(known.map((one) => [landsAt(landingOf(one)), landingOf(one)]))
  landings.delete(lands)
  return [...landings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, landing]) => landing)
}

/**
 * Does for a connection what iptables and `original_dst` do in a pod: its second header says where the client wanted to go and where it came from. The first
 * one says what the proxy will say of itself when it connects to others, the same for all that come here: they share its connections.
 */
function cameFrom(landings: readonly Landing[], options: Json = {}): readonly Json[] {
  const rules = [lands, ...landings.map(landsAt)].map((key, i) => ({ tlv_type: landsType + i, on_tlv_present: { key } }))
  return [proxyProtocol(), proxyProtocol({ rules, ...options })]
}

/** Proxies that lead to a gateway say by one header who they are. */
const fromAnybody = { allow_requests_without_proxy_protocol: true }

/**
 * The outbound side of a sidecar on one port: what are listeners of their own addresses in a pod are filter chains here, each for its destination, and
 * `virtualOutbound` is the one for all others. So many sidecars can have listeners for the same destination in one Envoy.
 */
export function sidecarOutbound(name: string, port: number, config: ProxyConfig, placement: Placement): Json {
  const { listeners } = config
  const last = listeners.find((one) => one.name === virtualOutbound)
  const others = listeners.filter((one) => one !== last)
  return typed('envoy.config.listener.v3.Listener', {
    name,
    address: socketAddress({ address: '127.0.0.1', port }),
    listener_filters: [...cameFrom(otherLandings(config)), ...inspectors(listeners, true)],
    filter_chains: [
      ...others.flatMap((one) => chainsBeside(one, others).map((chain) => filterChain(chain, one, placement, destinationOf(chain, one)))),
      ...(last?.filterChains ?? []).map((chain) => filterChain(chain, last!, placement)),
      ...(last ? lookingBeside(others, last).map((chain) => filterChain(chain, last, placement)) : []),
    ],
    ...optional('default_filter_chain', last?.defaultFilterChain && filterChain(last.defaultFilterChain, last, placement)),
    access_log: placement.connectionLog,
    traffic_direction: 'OUTBOUND',
  })
}

/** At ports where every listener is for an address, Envoy would not come back to the chains for the rest, but to the default. */
function lookingBeside(others: readonly Listener[], { filterChains }: Listener): readonly FilterChain[] {
  const chains = filterChains.filter(({ destinationPort }) => destinationPort === undefined)
  const everywhere = new Set(others.filter(({ address }) => address === everyAddress).map(({ port }) => port))
  const ports = [...new Set(others.map(({ port }) => port))].filter((port) => !everywhere.has(port))
  return ports.flatMap((destinationPort) => chains.map((chain) => ({ ...chain, name: `${chain.name} ${destinationPort}`, destinationPort })))
}

/** An address that has a listener of its own never comes to the one for all addresses of that port, even where a chain of that asks for it. */
export function chainsBeside(listener: Listener, all: readonly Listener[]): readonly FilterChain[] {
  if (listener.address !== everyAddress) return chainsAt(listener)
  const own = new Set(all.filter(({ address, port }) => address !== everyAddress && port === listener.port).map(({ address }) => networkOf(address)))
  return own.size === 0 ? chainsAt(listener) : chainsAt(listener).flatMap((chain) => elsewhere(chain, own))
}

function elsewhere(chain: FilterChain, taken: ReadonlySet<string>): readonly FilterChain[] {
  const destinations = chain.destinations.filter((range) => !taken.has(networkOf(range)))
  return destinations.length === 0 && chain.destinations.length > 0 ? [] : [{ ...chain, destinations }]
}

/** Of a listener for one address only those chains act that are for it. The default goes beside the others, wherever Envoy would look for it. */
export function chainsAt({ address, filterChains, defaultFilterChain: rest }: Listener): readonly FilterChain[] {
  const own = address === everyAddress ? filterChains : byDestination(filterChains, address).map((chain) => ({ ...chain, destinations: [] }))
  return rest ? [...own, ...restBeside(own, rest)] : own
}

/**
 * Envoy narrows the choice by address, name and transport, and does not come back, but to the listener's default, which is that of all listeners here. So this one
 * stands at each of the places where a connection may end that none of the others takes.
 */
function restBeside(own: readonly FilterChain[], rest: FilterChain): readonly FilterChain[] {
  const taken = new Set(own.filter(({ applicationProtocols }) => applicationProtocols.length === 0).flatMap((chain) => placesOf(chain).map(keyOf)))
  const places = new Map([anyConnection, ...own.flatMap(placesOnTheWay)].map((place) => [keyOf(place), place]))
  return [...places].filter(([key]) => !taken.has(key)).map(([, place]) => ({ ...rest, ...place }))
}

/** A place for each of the addresses and names that a chain asks for. */
function placesOf({ destinations, serverNames, transport }: FilterChain): readonly FilterChainMatch[] {
  const one = (list: readonly string[]): readonly (readonly string[])[] => (list.length === 0 ? [[]] : list.map((item) => [item]))
  return one(destinations).flatMap((ranges) =>
    one(serverNames).map((names) => ({ ...anyConnection, destinations: ranges, serverNames: names, transport })),
  )
}

function placesOnTheWay(chain: FilterChain): readonly FilterChainMatch[] {
  return placesOf(chain).flatMap((place) => [{ ...place, serverNames: [], transport: null }, { ...place, transport: null }, place])
}

function keyOf({ destinations, serverNames, transport }: FilterChainMatch): string {
  return JSON.stringify([destinations.map(networkOf), serverNames, transport])
}

function destinationOf({ destinations }: FilterChain, { address, port }: Listener): Json {
  const ranges = address === everyAddress ? destinations : [address]
  return { destination_port: port, ...optional('prefix_ranges', ranges.map(prefixRange)) }
}

/** One port of a gateway. */
export function gatewayListener(name: string, port: number, config: Listener, landings: readonly Landing[], placement: Placement): Json {
  return typed('envoy.config.listener.v3.Listener', {
    name,
    address: socketAddress({ address: '127.0.0.1', port }),
    listener_filters: [...cameFrom(landings, fromAnybody), ...(config.proxyProtocol ? [proxyProtocol()] : []), ...inspectors([config])],
    filter_chains: config.filterChains.map((chain) => filterChain(chain, config, placement)),
    access_log: placement.connectionLog,
    traffic_direction: 'OUTBOUND',
  })
}

export interface PlacedPort {
  readonly writer: Writer
  /** Unique in the Envoy. */
  readonly name: string
  /** Of the pod. */
  readonly podPort: number
  /** Of the pod. */
  readonly podAddress: string
  /** Where the sidecar listens for it, and where the workload itself. */
  readonly port: number
  readonly workloadPort: number
  readonly how: InboundPort
  readonly asking: AskingPlace
  /** Asked for where TLS is ended alone. */
  readonly secrets: () => SecretSource
}

/** The inbound side of a sidecar for one port of its workload. Source: Istio `core/listener_inbound.go`, `core/httproute.go` buildSidecarInboundHTTPRouteConfig. */
export function sidecarInbound(inbound: PlacedPort): { readonly listener: Json; readonly cluster: Json } {
  const cluster = `${inbound.name}||`
  const endpoints = inbound.how.cluster === blackHole ? [] : [{ lb_endpoints: [{ endpoint: { address: workloadAddress(inbound) } }] }]
  const load = { cluster_name: cluster, endpoints }
  const { chains, http, limits, hasNoCluster } = inbound.how
  // Nobody has it.
  const asked = hasNoCluster ? `${cluster}none` : cluster
  return {
    listener: typed('envoy.config.listener.v3.Listener', {
      name: inbound.name,
      address: socketAddress({ address: '127.0.0.1', port: inbound.port }),
      listener_filters: [proxyProtocol(), ...(inspectsTls(chains) ? [tlsInspector] : []), ...(inspectsHttp(chains) ? [httpInspector] : [])],
      filter_chains: seenProtocols(chains).map((chain) => inboundChain(chain, inbound, asked)),
      traffic_direction: 'INBOUND',
    }),
    cluster: typed('envoy.config.cluster.v3.Cluster', {
      name: cluster,
      alt_stat_name: statName(inbound.how.cluster),
      type: 'STATIC',
      connect_timeout: '10s',
      load_assignment: load,
      ...circuitBreakers(limits),
      ...protocolOptions({ ...limits, http }),
    }),
  }
}

function inboundChain(chain: InboundChain, inbound: PlacedPort, cluster: string): Json {
  const { transport, applicationProtocols, endsTls, reads } = chain
  return {
    name: `${endsTls ? 'mutual' : transport} ${reads}`,
    filter_chain_match: { transport_protocol: transport, ...optional('application_protocols', applicationProtocols) },
    ...(endsTls ? { transport_socket: inboundTls(inbound.secrets()) } : {}),
    filters:
      reads === 'http'
        ? [inboundHttp(inbound, cluster)]
        : [...filtersOfBytes(inbound.how, placeOf(inbound), inbound.asking), inboundTcp(inbound, cluster)],
  }
}

function workloadAddress({ workloadPort, how: { leadsTo } }: PlacedPort): Json {
  if (leadsTo.path !== undefined) return { pipe: { path: leadsTo.path } }
  return socketAddress({ address: '127.0.0.1', port: workloadPort })
}

function placeOf({ podAddress, podPort }: PlacedPort): ArrivalPlace {
  return { address: podAddress, port: podPort }
}

function inboundHttp(inbound: PlacedPort, cluster: string): Json {
  const { writer, podPort, how } = inbound
  const route = {
    cluster,
    timeout: '0s',
    ...optional('retry_policy', how.retry && retryPolicy(how.retry)),
    max_stream_duration: { max_stream_duration: '0s', grpc_timeout_header_max: '0s' },
  }
  const [ofRoute = {}, ofHost = {}, ofTable = {}] = (how.headers ?? []).map(({ request, response }) => headerOperations(request, response))
  const mostSpecific = optional('most_specific_header_mutations_wins', how.mostSpecificHeadersWin)
  const [forRoute = {}, forHost = {}, forTable = {}] = inboundFilters(how).map((told) => given('typed_per_filter_config', told))
  const routes = [{ name: 'default', match: { prefix: '/' }, route, ...ofRoute, ...forRoute }]
  const virtualHosts = [
    { name: `inbound|http|${podPort}`, domains: ['*'], routes, ...ofHost, ...forHost, ...(how.requiresTls && { require_tls: 'ALL' }) },
  ]
  return httpConnectionManager({
    direction: 'inbound',
    statPrefix: 'inbound',
    routes: {
      route_config: { name: `inbound|${podPort}||`, virtual_hosts: virtualHosts, ...ofTable, ...forTable, ...mostSpecific, validate_clusters: false },
    },
    pathNormalization: how.pathNormalization,
    ...optional('settings', how.settings),
    place: placeOf(inbound),
    asking: inbound.asking,
    accessLog: accessLog(writer, 'inbound'),
  })
}

function inboundTcp({ writer }: PlacedPort, cluster: string): Json {
  const config = { stat_prefix: 'inbound', cluster, access_log: accessLog(writer, 'inbound') }
  return { name: 'envoy.filters.network.tcp_proxy', typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', config) }
}

import type { FilterChain, Listener, NetworkFilter } from '../../../../mesh-core/ir/proxy-config.ts'
import { filtersOfBytes } from './custom-access-filters.ts'
import { httpConnectionManager } from './connection-manager.ts'
import { closing, downstreamTls, notReady } from './downstream-tls.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'
import { prefixRange } from './prefix-range.ts'
import { tcpProxy } from './tcp-proxy.ts'

/** Takes what no other listener of a sidecar takes. */
export const virtualOutbound = 'virtualOutbound'

/** Source: Envoy `FilterChain`. @param destination conditions on where the connection was to go */
export function filterChain(chain: FilterChain, listener: Listener, placement: Placement, destination: Json = {}): Json {
  const match = {
    ...optional('destination_port', chain.destinationPort ?? null),
    ...optional('prefix_ranges', chain.destinations.map(prefixRange)),
    ...destination,
    ...optional('server_names', chain.serverNames),
    ...optional('transport_protocol', chain.transport),
    ...optional('application_protocols', chain.applicationProtocols),
  }
  const own = chain.tls && downstreamTls(chain.tls, placement)
  // A TCP proxy dials all the same, and writes of it.
  const socket = own === 'missing' && chain.filter.kind === 'tcp' ? notReady(placement) : own
  return {
    ...optional('name', chain.name || null),
    ...(Object.keys(match).length === 0 ? {} : { filter_chain_match: match }),
    filters: socket === 'missing' ? [closing] : [...limits(chain), ...networkFilters(chain.filter, listener, placement)],
    ...(socket === 'missing' ? {} : optional('transport_socket', socket)),
  }
}

function limits({ limits = [], name }: FilterChain): readonly Json[] {
  return limits.map(({ most, delayMs }) => ({
    name: 'envoy.filters.network.connection_limit',
    typed_config: typed('envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit', {
      stat_prefix: name || 'limit',
      max_connections: most,
      ...(delayMs > 0 && { delay: duration(delayMs) }),
    }),
  }))
}

function networkFilters(filter: NetworkFilter, listener: Listener, placement: Placement): readonly Json[] {
  const place = placement.arrival(listener)
  const noted = placement.formats.ofConnection(place)
  if (filter.kind === 'tcp') return [...filtersOfBytes(filter, place, placement), tcpProxy(filter, placement)]
  const manager = httpConnectionManager({
    direction: listener.direction,
    statPrefix: listener.name,
    routes: { rds: { config_source: placement.configSource, route_config_name: placement.routeTable(filter.routeTable) } },
    pathNormalization: filter.pathNormalization,
    ...optional('settings', filter.settings ?? null),
    accessLog: placement.accessLog,
    ...optional('place', place),
    asking: placement,
  })
  return [...noted, manager]
}

export const tlsInspector = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector' },
}

export const httpInspector = {
  name: 'envoy.filters.listener.http_inspector',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector' },
}

/**
 * Reads what the chains ask for, and nothing on ports where they ask for nothing: there the server may be the first to speak.
 * @param byPort the listener takes connections to several ports
 */
export function inspectors(listeners: readonly Listener[], byPort = false): readonly Json[] {
  return [inspector(tlsInspector, asksForTls, listeners, byPort), inspector(httpInspector, asksForHttp, listeners, byPort)].flat()
}

function inspector(filter: Json, asks: (chain: FilterChain) => boolean, listeners: readonly Listener[], byPort: boolean): readonly Json[] {
  const asking = listeners.filter(({ filterChains }) => filterChains.some(asks))
  const ports = [...new Set(asking.map(({ port }) => port))]
  if (ports.length === 0) return []
  // All that others take has been looked at before.
  if (asking.some(({ name }) => name === virtualOutbound)) return [filter]
  const rules = ports.map((port) => ({ destination_port_range: { start: port, end: port + 1 } }))
  const wanted = rules.length === 1 ? rules[0]! : { or_match: { rules } }
  return [byPort ? { ...filter, filter_disabled: { not_match: wanted } } : filter]
}

function asksForTls({ serverNames, transport, tls }: FilterChain): boolean {
  return serverNames.length > 0 || transport === 'tls' || tls !== null
}

function asksForHttp({ applicationProtocols, transport }: FilterChain): boolean {
  return applicationProtocols.length > 0 && transport === 'raw_buffer'
}

import type { FilterChain, Listener, NetworkFilter } from '../../../../mesh-core/ir/proxy-config.ts'
import { httpConnectionManager } from './connection-manager.ts'
import { optional } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'
import { tcpProxy } from './tcp-proxy.ts'

/** Source: Envoy `FilterChain`. @param destination conditions on where the connection was to go */
export function filterChain(chain: FilterChain, listener: Listener, placement: Placement, destination: Json = {}): Json {
  const match = {
    ...destination,
    ...optional('prefix_ranges', chain.destinations?.map(prefixRange) ?? null),
    ...optional('server_names', chain.serverNames),
    ...optional('transport_protocol', chain.transport),
  }
  return {
    ...optional('name', chain.name || null),
    ...(Object.keys(match).length === 0 ? {} : { filter_chain_match: match }),
    filters: [networkFilter(chain.filter, listener, placement)],
  }
}

/** `192.0.2.0/28`, or a single address. */
export function prefixRange(range: string): Json {
  const [address = '', bits] = range.split('/')
  return { address_prefix: address, prefix_len: bits === undefined ? (address.includes(':') ? 128 : 32) : Number(bits) }
}

function networkFilter(filter: NetworkFilter, listener: Listener, placement: Placement): Json {
  if (filter.kind === 'tcp') return tcpProxy(filter, placement)
  return httpConnectionManager({
    direction: listener.direction,
    statPrefix: listener.name,
    routes: { rds: { config_source: placement.configSource, route_config_name: placement.routeTable(filter.routeTable) } },
    pathNormalization: filter.pathNormalization,
    accessLog: placement.accessLog,
  })
}

export const tlsInspector = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector' },
}

/** Reads what the chains ask for. */
export function inspectors(chains: readonly FilterChain[]): readonly Json[] {
  return chains.some(({ serverNames, transport }) => serverNames.length > 0 || transport === 'tls') ? [tlsInspector] : []
}

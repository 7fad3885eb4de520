import { typed } from './json.ts'
import type { Json } from './json.ts'

/** The filter, and the metadata of a connection that it writes. */
export const proxyProtocolFilter = 'envoy.filters.listener.proxy_protocol'

/** Source: Envoy `ProxyProtocol`. */
export function proxyProtocol(config: Json = {}): Json {
  return { name: proxyProtocolFilter, typed_config: typed('envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol', config) }
}

import { typed } from './json.ts'
import type { Json } from './json.ts'

/** Source: Envoy `RawBuffer`. */
export const rawBuffer: Json = {
  name: 'envoy.transport_sockets.raw_buffer',
  typed_config: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
}

/**
 * Connections of a cluster begin by saying whose they are, which a pod's own address would say elsewhere: on loopback all come from the same one. What Envoy
 * says is what the first header said of the connection that it has taken.
 * Source: Envoy `proxy_protocol/proxy_protocol.cc` (the transport socket, and the listener filter of that name).
 * @param sockets fields of Envoy's `Cluster`
 */
export function announced({ transport_socket: only, transport_socket_matches: matches }: Json): Json {
  if (matches)
    return {
      transport_socket_matches: (matches as readonly Json[]).map((one) => ({ ...one, transport_socket: within(one['transport_socket'] as Json) })),
    }
  return { transport_socket: within((only as Json | undefined) ?? rawBuffer) }
}

function within(socket: Json): Json {
  const type = 'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport'
  return {
    name: 'envoy.transport_sockets.upstream_proxy_protocol',
    typed_config: typed(type, { config: { version: 'V2' }, transport_socket: socket }),
  }
}

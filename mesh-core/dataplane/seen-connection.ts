import type { HttpRequest, WireProtocol } from '../ir/message.ts'
import type { Connection } from '../match/filter-chain.ts'
import { readsAsHttp } from './messages/request-target.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'

/** What Envoy's HTTP inspector makes of the first bytes of a client. */
const seenAs: Readonly<Record<WireProtocol | 'http/1.1', readonly string[]>> = {
  'http/1.0': ['http/1.0'],
  'http/1.1': ['http/1.1'],
  h2: ['h2c'],
  tcp: [],
  udp: [],
}

/** What a listener makes of a connection before it takes it. @param port that is dialled @param outer TLS that the client begins, where it is looked for; Envoy's TLS inspector */
export function seenConnection(address: string, port: number, request: HttpRequest, outer: TlsLayer | undefined): Connection {
  if (!outer) return { address, port, serverName: null, transport: 'raw_buffer', applicationProtocols: seenSpoken(request) }
  const { serverName, applicationProtocols = [] } = outer
  return { address, port, serverName: serverName?.toLowerCase() ?? null, transport: 'tls', applicationProtocols }
}

function seenSpoken(request: HttpRequest): readonly string[] {
  const { protocol = 'http/1.1' } = request
  return protocol.startsWith('http/') && !readsAsHttp(request) ? [] : seenAs[protocol]
}

/** Where TLS is not looked for, its bytes are none of HTTP. */
export function unseenTls(address: string): Connection {
  return { address, serverName: null, transport: 'raw_buffer', applicationProtocols: [] }
}

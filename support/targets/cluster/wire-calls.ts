import type { Socket } from 'node:net'
import type { TransportError } from '../../../mesh-core/ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import { WireClient } from '../../../wire/client.ts'
import type { Wire } from '../../../wire/wire.ts'

/** ms. No answer of a mesh takes longer; one that does counts as none. */
const patienceMs = 120_000

/** Sends what is not HTTP/1.1 over a connection of its own: HTTP/1.0, HTTP/2, streams, bytes. */
export function sendOverWire(
  { connect, tls }: { readonly connect: () => Socket; readonly tls: Wire['tls'] },
  request: HttpRequest,
): Promise<HttpResponse | TransportError> {
  return new WireClient().send({ port: 0, connect, preamble: null, key: null, tls, timeoutMs: patienceMs, onConnected: () => {} }, request)
}

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'

/** A connection that a client has begun, as whoever speaks a protocol on it sees it. */
export interface Served {
  /** Carries the protocol's own bytes: where TLS was ended here, what was inside of it. */
  readonly socket: Socket
  /** @throws CallError where the connection is to be broken off without an answer */
  readonly answer: (request: HttpRequest) => Promise<HttpResponse>
  /**
   * Goes on as a connection that has just begun: through a tunnel anything may come.
   * @param rest that has come already
   * @param through a stream of the connection's; default: the connection itself
   */
  readonly tunnel: (rest: Buffer, through?: Duplex) => void
  /** Ends the connection by RST; a socket with TLS has no handle of its own for that. */
  readonly reset: () => void
}

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { ClientTls } from '../mesh-core/ir/tls.ts'

/** The way to whoever takes the request. */
export interface Wire {
  /** Of 127.0.0.1, where nothing else is said. */
  readonly port: number
  /** Begins another connection. */
  readonly connect?: () => Socket
  /** Goes before the first of the requests' own bytes. */
  readonly preamble: Buffer | null
  /** Connections of the same key may be used again, one request after another; `null`: the connection is this request's own. */
  readonly key: string | null
  /** `null` for plain text. */
  readonly tls: (ClientTls & { readonly serverName: string | null }) | null
  /** `null` for never. Bounds the silence on the socket. */
  readonly timeoutMs: number | null
  /** Our end of the connection, `127.0.0.1:40123`, before anything is sent on it. */
  readonly onConnected: (address: string) => void
}

export function connectionOf({ port, connect: begin }: Wire): Socket {
  return begin?.() ?? connect({ port, host: '127.0.0.1', noDelay: true })
}

import type { WorkloadRef } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { HopOrigin, Place } from './evidence.ts'
import type { Peer } from './plane.ts'
import type { TlsLayer } from './tls/tls-handshake.ts'
import type { Sender } from './inbound/held-connections.ts'
import type { Carried } from './tcp/tunnel.ts'

/** One try of a request on its way to one peer. */
export interface Shipment {
  readonly place: Place
  readonly origin: HopOrigin
  readonly request: HttpRequest
  readonly attempt: number
  readonly mirrored: boolean
  /** What it is wrapped in, the outermost first. */
  readonly tls: readonly TlsLayer[]
  readonly port: number
  /** Address that it comes from. */
  readonly source: string
  /** Its connection stays open for the next: it is a proxy's that reads HTTP. */
  readonly pooled?: boolean
  /** Among which it then is; absent where nobody asks. */
  readonly sender?: Sender
  /** Its sender opens the connection and closes it again: no byte of the request comes. */
  readonly isSilent?: boolean
  /** It comes from the same pod, and not from its proxy, or through a tunnel: no sidecar sees it. */
  readonly within?: boolean
  /** What comes after its headers waits until the receiver has opened the WebSocket that it asks for. */
  readonly awaitsHandshake?: boolean
  /** The request opens a tunnel for this. */
  readonly carries?: Carried
}

/** What is known of the receiver. */
export interface Receiver {
  readonly peer: Peer
  /** Who it is called; the world outside has no name. */
  readonly ref: WorkloadRef | null
  readonly version: string | null
  readonly app: string | null
  /** Does its own sidecar take the connection? */
  readonly sidecar: boolean
}

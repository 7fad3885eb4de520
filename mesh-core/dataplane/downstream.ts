import type { Dialled } from './dial.ts'
import { ephemeralPort } from './ephemeral-port.ts'
import type { Place } from './evidence.ts'
import type { Plane } from './plane.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'

/** The two ends of a client's connection to a proxy. Source: Envoy `ConnectionInfoProvider`. */
export class Downstream {
  /** Where the connection comes from, as the proxy sees it. */
  readonly connectionAddress: string
  /** The client, as proxies before this one tell it; `null` where they are not believed. */
  trustedAddress: string | null = null
  readonly #plane: Plane
  readonly #dialled: Dialled
  readonly #ownAddress: string
  #port: number | null

  constructor(plane: Plane, { sourceAddress, connection }: Place, { edge, place }: ProxyRuntime, dialled: Dialled) {
    this.#plane = plane
    this.#port = connection?.port ?? null
    this.connectionAddress = sourceAddress ?? (edge ? plane.clientAddress : place.address)
    this.#dialled = dialled
    this.#ownAddress = place.address
  }

  /** What the client dialled, with its port. */
  get localAddress(): string {
    return `${this.#dialled.address ?? this.#ownAddress}:${this.#dialled.port}`
  }

  /** The client: of its connection, or as proxies before this one tell it. */
  get remoteAddress(): string {
    return this.trustedAddress ?? this.connectionAddress
  }

  /** Of the connection; one that nobody has named is drawn once. */
  get remotePort(): number {
    return (this.#port ??= ephemeralPort(this.#plane.chance.port))
  }
}

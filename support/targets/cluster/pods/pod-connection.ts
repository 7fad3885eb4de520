import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'

/** What the agent inside the pod tells of a connection, an object at a time. */
export interface ConnectionNews {
  /** Our end of it, inside the pod: `10.244.0.5:40123`. */
  readonly address?: string
  readonly opened?: true
  /** Base64. */
  readonly data?: string
  readonly ended?: true
  readonly closed?: true
  /** Node's code: `ECONNREFUSED`. */
  readonly error?: string | null
  /** DNS did not know the name, and the connection went to an address that is nobody's. */
  readonly unresolved?: boolean
  /** Since the first byte was sent, by the clock of the pod. */
  readonly ms?: number
}

/** What the agent is told of it. */
export type ConnectionOrder = { readonly write: string } | { readonly end: true } | { readonly destroy: true }

/** A TCP connection that begins inside a pod, and whose bytes pass through the agent there. Stands in for a socket of Node's, as far as clients of HTTP use one. */
export class PodConnection extends Duplex {
  readonly #order: (order: ConnectionOrder) => void
  #timeoutMs = 0
  #timer: NodeJS.Timeout | undefined
  #unresolved = false
  #answeredMs: number | null = null
  localAddress: string | undefined
  localPort: number | undefined

  constructor(order: (order: ConnectionOrder) => void) {
    super()
    this.#order = order
  }

  /** As the one that clients ask for. */
  get socket(): Socket {
    return this as unknown as Socket
  }

  get unresolved(): boolean {
    return this.#unresolved
  }

  /** From the first byte that was sent inside the pod to the last one that came back, or to the end; `null` before. What lies between here and the pod is not in it. */
  get answeredMs(): number | null {
    return this.#answeredMs
  }

  hear({ address, opened, data, ended, closed, error, unresolved, ms }: ConnectionNews): void {
    this.#restartTimer()
    if (ms !== undefined && (data !== undefined || this.#answeredMs === null)) this.#answeredMs = ms
    if (unresolved) this.#unresolved = true
    if (opened) this.#connected(address ?? '')
    if (data !== undefined) this.push(Buffer.from(data, 'base64'))
    if (ended) this.push(null)
    if (closed) this.destroy(error ? Object.assign(new Error(error), { code: error }) : undefined)
  }

  setTimeout(ms: number, callback?: () => void): this {
    this.#timeoutMs = ms
    if (callback) this.once('timeout', callback)
    this.#restartTimer()
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#restartTimer()
    this.#order({ write: bytes.toString('base64') })
    done()
  }

  override _final(done: () => void): void {
    this.#order({ end: true })
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer)
    this.#order({ destroy: true })
    done(error)
  }

  #connected(address: string): void {
    const colon = address.lastIndexOf(':')
    this.localAddress = address.slice(0, colon)
    this.localPort = Number(address.slice(colon + 1))
    this.emit('connect')
  }

  #restartTimer(): void {
    clearTimeout(this.#timer)
    if (this.#timeoutMs > 0 && !this.destroyed) this.#timer = setTimeout(() => this.emit('timeout'), this.#timeoutMs)
  }
}

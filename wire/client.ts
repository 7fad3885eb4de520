import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import type { TransportError } from '../mesh-core/ir/exchange.ts'
import { dial } from './dial.ts'
import type { Line } from './dial.ts'
import { bytesOfRequest, closes, framingOfResponse, responseOf, statusIn } from './http1.ts'
import { Http2Connection } from './http2-client.ts'
import { MessageReader } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import { sendDatagram } from './datagram-client.ts'
import { sendBytes } from './raw-client.ts'
import type { Wire } from './wire.ts'
import { converse, opensWebSocket } from './websocket-client.ts'

/** Sends requests, and keeps the connections that may be used again. */
export class WireClient {
  readonly #idle = new Map<string, Connection[]>()

  /** @returns the answer, or why there is none */
  async send(wire: Wire, request: HttpRequest): Promise<HttpResponse | TransportError> {
    if (request.protocol === 'tcp') return sendBytes(wire, request.body)
    if (request.protocol === 'udp') return sendDatagram(wire, request.body)
    if (opensWebSocket(request)) return converse(wire, request)
    const key = keyFor(request, wire)
    const connection = (key === null ? undefined : this.#take(key)) ?? this.#open(request, wire)
    const outcome = await connection.exchange(request, wire)
    if (key !== null && connection.open) this.#keep(key, connection)
    else connection.close()
    return outcome
  }

  /** What was said on a connection before is nothing to the next request: a proxy may go on with its former config on it. */
  closeIdle(): void {
    for (const connections of this.#idle.values()) for (const connection of connections) connection.close()
    this.#idle.clear()
  }

  #open({ protocol }: HttpRequest, wire: Wire): Connection {
    return protocol === 'h2' ? new Http2Connection(wire) : new Http1Connection(wire)
  }

  #take(key: string): Connection | undefined {
    const connections = this.#idle.get(key) ?? []
    while (connections.length > 0) {
      const connection = connections.pop()!
      if (connection.open) return connection
    }
    return undefined
  }

  #keep(key: string, connection: Connection): void {
    const connections = this.#idle.get(key)
    if (connections) connections.push(connection)
    else this.#idle.set(key, [connection])
  }
}

interface Connection {
  /** May it carry another request? */
  readonly open: boolean
  exchange(request: HttpRequest, wire: Wire): Promise<HttpResponse | TransportError>
  close(): void
}

/** Connections of one key speak one version of HTTP. On those of HTTP/1.0 nothing follows. */
function keyFor({ protocol }: HttpRequest, { key }: Wire): string | null {
  return key === null || protocol === 'http/1.0' ? null : `${protocol ?? ''} ${key}`
}

type Outcome = Message | TransportError

/** Of the informational ones 101 is the last of HTTP on its connection. */
function isFinal(status: number): boolean {
  return status >= 200 || status === 101
}

const endsMessages: ReadonlySet<number> = new Set([101, 204])

class Http1Connection implements Connection {
  readonly #line: Line
  #reader: MessageReader
  #method = ''
  #waiting: ((outcome: Outcome) => void) | null = null
  #lost: TransportError | null = null
  open = true

  constructor(wire: Wire) {
    this.#reader = new MessageReader((head) => framingOfResponse(head, this.#method))
    this.#line = dial(wire, ['http/1.1'], (reason) => this.#lose(reason))
    const { socket } = this.#line
    socket.on('data', (bytes: Buffer) => this.#read(bytes)).once('close', () => this.#end())
    socket.once('end', () => this.#end())
    socket.on('timeout', () => this.#lose('timeout'))
  }

  async exchange(request: HttpRequest, { timeoutMs, onConnected }: Wire): Promise<HttpResponse | TransportError> {
    this.#method = request.method
    this.#line.tell(onConnected)
    const { socket } = this.#line
    socket.setTimeout(timeoutMs === null || timeoutMs === Infinity ? 0 : timeoutMs)
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#waiting = resolve
      if (this.#lost) this.#answer(this.#lost)
      else socket.write(bytesOfRequest(request))
    })
    socket.setTimeout(0)
    if (typeof outcome === 'string') return outcome
    // A direct response of Envoy's with the status 204 brings its body all the same: nobody could tell it from the next answer.
    if (closes(outcome) || this.#reader.begun || endsMessages.has(statusIn(outcome))) this.close()
    return responseOf(outcome)
  }

  close(): void {
    this.open = false
    this.#line.socket.destroy()
  }

  #read(bytes: Buffer): void {
    this.#reader.push(bytes)
    this.#takeAnswer()
  }

  /** An answer without a length ends with its connection. */
  #end(): void {
    this.#reader.end()
    if (this.#waiting) this.#takeAnswer()
    this.#lose('closed')
  }

  #takeAnswer(): void {
    try {
      for (let message = this.#reader.take(); message; message = this.#reader.take()) if (isFinal(statusIn(message))) return this.#answer(message)
    } catch {
      this.#lose('closed')
    }
  }

  #answer(outcome: Outcome): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(outcome)
  }

  #lose(reason: TransportError): void {
    this.#lost ??= reason
    this.close()
    this.#answer(this.#lost)
  }
}

import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { HttpRequest, HttpResponse } from '../../../../mesh-core/ir/message.ts'
import { CallError } from '../../../../mesh-core/ir/program.ts'
import { bytesOf } from '../../../../mesh-core/dataplane/data-plane.ts'
import { credentials } from '../credentials.ts'
import { callHeader } from '../xds/access-log.ts'
import { bytesOfResponse, framingOfRequest, requestOf } from './http1.ts'
import { fieldIn, MessageReader, NotHttp } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import { isMarked, takeLine } from './raw-bytes.ts'

export type Handler = (request: HttpRequest) => Promise<HttpResponse>

/** What answers requests on a port of 127.0.0.1. Node's own HTTP server would refuse targets and bytes that proxies let pass. */
export class LoopbackServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(handler: Handler) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy())
      socket.once('data', (first: Buffer) => this.#serve(socket, first, handler))
    })
  }

  /** @param handler a `CallError` of its closes the connection without an answer */
  static async start(handler: Handler): Promise<LoopbackServer> {
    const server = new LoopbackServer(handler)
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** A client that begins TLS gets it, with a certificate for the name that it asks for. */
  #serve(socket: Socket, first: Buffer, handler: Handler): void {
    if (isMarked(first)) return new ServedLine(socket, handler).read(first)
    if (first[0] !== handshake) return new ServedConnection(socket, handler).start(first)
    socket.pause()
    socket.unshift(first)
    const secured = new TLSSocket(socket, { isServer: true, SNICallback: certify, ALPNProtocols: ['http/1.1'] })
    secured.on('error', () => socket.destroy())
    new ServedConnection(secured, handler).start()
  }

  /** Ends open connections, too. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** By which a TLS record begins that is part of a handshake. */
const handshake = 0x16

function certify(name: string, done: (error: Error | null, context?: SecureContext) => void): void {
  credentials.ofServer(name || 'localhost').then((context) => done(null, context), done)
}

/** Answers one line of a TCP connection, and closes it. */
class ServedLine {
  readonly #socket: Socket
  readonly #handler: Handler
  #bytes: Buffer = Buffer.alloc(0)

  constructor(socket: Socket, handler: Handler) {
    this.#socket = socket
    this.#handler = handler
    socket.on('data', (bytes: Buffer) => this.read(bytes))
  }

  read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const line = takeLine(this.#bytes)
    if (!line) return
    const request = bytesOf('tcp', '', line.text)
    request.headers.append(callHeader, line.id)
    this.#handler(request).then(
      ({ status, body }) => this.#socket.end(status === 0 ? body : 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      () => this.#socket.resetAndDestroy(),
    )
  }
}

/** Answers the requests of one connection, one after another. */
class ServedConnection {
  readonly #socket: Socket
  readonly #handler: Handler
  readonly #reader = new MessageReader(framingOfRequest)
  #busy = false
  #toldToContinue = false

  constructor(socket: Socket, handler: Handler) {
    this.#socket = socket
    this.#handler = handler
  }

  start(first?: Buffer): void {
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    if (first) this.#read(first)
  }

  #read(bytes: Buffer): void {
    this.#reader.push(bytes)
    if (!this.#busy) this.#next()
  }

  #next(): void {
    const message = this.#taken()
    if (message) return void this.#answer(message)
    if (this.#toldToContinue || !/100-continue/i.test(this.#reader.head ? (fieldIn(this.#reader.head, 'expect') ?? '') : '')) return
    this.#toldToContinue = true
    this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  }

  #taken(): Message | null {
    try {
      return this.#reader.take()
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error
      this.#socket.destroy()
      return null
    }
  }

  async #answer(message: Message): Promise<void> {
    this.#busy = true
    this.#toldToContinue = false
    const bytes = await this.#bytesFor(message)
    if (bytes === null) return void this.#socket.resetAndDestroy()
    this.#socket.write(bytes)
    this.#busy = false
    this.#next()
  }

  /** @returns `null` for no answer */
  async #bytesFor(message: Message): Promise<Buffer | null> {
    try {
      const request = requestOf(message, 'http')
      return bytesOfResponse(await this.#handler(request), request.method)
    } catch (error) {
      if (error instanceof CallError || error instanceof NotHttp) return null
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      return Buffer.from('HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n\r\nthe program failed')
    }
  }
}

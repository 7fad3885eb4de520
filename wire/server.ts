import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { SecureContext, TLSSocketOptions } from 'node:tls'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import { plainOnTls } from '../mesh-core/ir/tls.ts'
import type { ApplicationTls, KeyPair, SeenTls } from '../mesh-core/ir/tls.ts'
import { bytesOfResponse, closes, framingOfRequest, requestOf } from './http1.ts'
import { isHttp2, serveHttp2 } from './http2-server.ts'
import { fieldIn, MessageReader, NotHttp } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import { openWebSocket } from './websocket-server.ts'

/**
 * @param tls that was ended here; `null` for none
 * @param peer the other end of the connection, `127.0.0.1:40123`; absent for datagrams
 */
export type Handler = (request: HttpRequest, tls: SeenTls | null, peer?: string) => Promise<HttpResponse>

/** Connections that carry one line of bytes in place of HTTP. */
export interface Lines {
  /** Do the first bytes of a connection begin one? */
  begins(first: Buffer): boolean
  /** @returns `null` while it has not come whole */
  take(bytes: Buffer): HttpRequest | null
}

/** A certificate for a server, by the name that is asked for. @param issuer as `ApplicationTls.certificate` */
export type Certify = (name: string, issuer: 'public' | 'any') => Promise<SecureContext>

export interface WireServerOptions {
  /** 0 takes a free one. Default 0. */
  readonly port?: number
  /** `null`: every address of the machine, IPv4 and IPv6. Default: 127.0.0.1. */
  readonly address?: string | null
  /** Asked anew for each connection. Default: plain text alone. */
  readonly tls?: () => ApplicationTls
  /** Needed where `tls` names no certificate. */
  readonly certify?: Certify
  /** Default: there are none. */
  readonly lines?: Lines
}

const plain: ApplicationTls = { accepts: 'plain', certificate: 'any', clientAuthorities: null }

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`
}

/** What answers requests on a port, in whatever version of HTTP. Node's own HTTP server would refuse targets and bytes that proxies let pass. */
export class WireServer {
  readonly #server: Server
  #port = 0
  readonly #sockets = new Set<Socket>()
  readonly #handler: Handler
  readonly #options: WireServerOptions

  private constructor(handler: Handler, options: WireServerOptions) {
    this.#handler = handler
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy())
      socket.once('data', (first: Buffer) => this.#serve(socket, first, options.tls?.() ?? plain))
    })
  }

  /**
   * @param handler a `CallError` of its closes the connection without an answer
   * @throws the error of `listen`, e.g. `EADDRINUSE`
   */
  static async start(handler: Handler, options: WireServerOptions = {}): Promise<WireServer> {
    const server = new WireServer(handler, options)
    const { port = 0, address = '127.0.0.1' } = options
    try {
      await listen(server.#server, port, address ?? '::')
    } catch (error) {
      if (address !== null || !isWithoutIpv6(error)) throw error
      await listen(server.#server, port, '0.0.0.0')
    }
    server.#port = (server.#server.address() as AddressInfo).port
    return server
  }

  get port(): number {
    return this.#port
  }

  #serve(socket: Socket, first: Buffer, tls: ApplicationTls): void {
    const isTls = first[0] === handshake
    const isLine = this.#options.lines?.begins(first) ?? false
    if (isTls && tls.accepts !== 'plain') return void this.#secure(socket, first, tls)
    if (tls.accepts === 'tls') return void socket.end(isLine ? '' : refusalOfPlain)
    if (isLine) return this.#serveLine(socket, first, () => null)
    // What is no HTTP gets no answer that is.
    if (isTls) return void socket.end(badRequest)
    if (!isHttp2(first)) return new ServedConnection(socket, this.#handler, () => null).start(first)
    socket.pause()
    socket.unshift(first)
    serveHttp2(socket, (request) => this.#handler(request, null, peerOf(socket)))
  }

  #serveLine(socket: Socket, first: Buffer, tls: () => SeenTls | null): void {
    new ServedLine(socket, this.#options.lines!, (request) => this.#handler(request, tls(), peerOf(socket))).read(first)
  }

  async #secure(socket: Socket, first: Buffer, tls: ApplicationTls): Promise<void> {
    socket.pause()
    socket.unshift(first)
    const options = await serverOptions(tls, this.#options.certify)
    const secured = new TLSSocket(socket, { isServer: true, ...options, ALPNProtocols: ['h2', 'http/1.1'] })
    plainOf.set(secured, socket)
    secured.on('error', () => socket.destroy())
    const seen = (): SeenTls => seenOf(secured, tls)
    secured.once('secure', () => {
      // A server of Node's tells its sockets so; an HTTP/2 session waits for it.
      Object.assign(secured, { secureConnecting: false })
      if (secured.alpnProtocol === 'h2') return serveHttp2(secured, (request) => this.#handler(request, seen(), peerOf(socket)))
      secured.once('data', (bytes: Buffer) => {
        if (this.#options.lines?.begins(bytes)) return this.#serveLine(secured, bytes, seen)
        // Within its own TLS it looks for no other.
        if (bytes[0] === handshake) return void socket.resetAndDestroy()
        new ServedConnection(secured, this.#handler, seen).start(bytes)
      })
    })
  }

  /** Ends open connections, too. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isWithoutIpv6(error: unknown): boolean {
  return ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** By which a TLS record begins that is part of a handshake. */
const handshake = 0x16

/** As Go's `net/http` does. */
const refusalOfPlain = httpAnswer(plainOnTls)
const badRequest = httpAnswer('')

function httpAnswer(body: string): string {
  const head = ['HTTP/1.1 400 Bad Request', 'content-type: text/plain; charset=utf-8', `content-length: ${body.length}`, 'connection: close']
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

async function serverOptions({ certificate, clientAuthorities }: ApplicationTls, certify?: Certify): Promise<TLSSocketOptions> {
  const clients = clientAuthorities === null ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientAuthorities }
  if (typeof certificate !== 'string') return { ...clients, secureContext: contextOf(certificate, clientAuthorities) }
  if (!certify) throw new Error('nobody makes certificates for this server')
  const SNICallback: TLSSocketOptions['SNICallback'] = (name, done) => {
    certify(name, certificate).then((context) => done(null, context), done)
  }
  // For clients that ask for none.
  return { ...clients, secureContext: await certify('localhost', certificate), SNICallback }
}

function contextOf({ certificateChain, privateKey }: KeyPair, clientAuthorities: string | null): SecureContext {
  return createSecureContext({ cert: certificateChain, key: privateKey, ...(clientAuthorities !== null && { ca: clientAuthorities }) })
}

function seenOf(socket: TLSSocket, { clientAuthorities }: ApplicationTls): SeenTls {
  const { servername, alpnProtocol } = socket as { readonly servername?: string | false | null; readonly alpnProtocol: string | false | null }
  const shown = clientAuthorities === null ? undefined : socket.getPeerX509Certificate()
  const names = shown?.subjectAltName ?? ''
  return {
    serverName: servername || null,
    applicationProtocol: alpnProtocol || null,
    clientNames: names === '' ? [] : names.split(', ').map((entry) => entry.replace(/^(DNS|URI):/, '')),
    clientCertificate: shown?.toString() ?? null,
  }
}

/** Answers one line of a TCP connection, and closes it. */
class ServedLine {
  readonly #socket: Socket
  readonly #lines: Lines
  readonly #answer: (request: HttpRequest) => Promise<HttpResponse>
  #bytes: Buffer = Buffer.alloc(0)
  #isTaken = false

  constructor(socket: Socket, lines: Lines, answer: (request: HttpRequest) => Promise<HttpResponse>) {
    this.#socket = socket
    this.#lines = lines
    this.#answer = answer
    socket.on('data', (bytes: Buffer) => this.read(bytes))
  }

  read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const request = this.#isTaken ? null : this.#lines.take(this.#bytes)
    if (!request) return
    this.#isTaken = true
    this.#answer(request).then(
      ({ status, body }) => this.#socket.end(status === 0 ? body : 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      () => reset(this.#socket),
    )
  }
}

/** What TLS runs over. */
const plainOf = new WeakMap<Socket, Socket>()

/** Ends a connection by RST, also one with TLS, which has no handle of its own for it. */
function reset(socket: Socket): void {
  ;(plainOf.get(socket) ?? socket).resetAndDestroy()
}

/** Answers the requests of one connection, one after another. */
class ServedConnection {
  readonly #socket: Socket
  readonly #handler: Handler
  readonly #tls: () => SeenTls | null
  readonly #reader = new MessageReader(framingOfRequest)
  #busy = false
  #toldToContinue = false

  constructor(socket: Socket, handler: Handler, tls: () => SeenTls | null) {
    this.#socket = socket
    this.#handler = handler
    this.#tls = tls
  }

  start(first: Buffer): void {
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    this.#read(first)
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
      this.#socket.end(badRequest)
      return null
    }
  }

  #open(message: Message, response: HttpResponse): void {
    this.#socket.removeAllListeners('data')
    openWebSocket(this.#socket, message, this.#reader.rest, response)
  }

  async #answer(message: Message): Promise<void> {
    this.#busy = true
    this.#toldToContinue = false
    const bytes = await this.#bytesFor(message)
    if (bytes === null) return void reset(this.#socket)
    if (typeof bytes === 'function') return bytes()
    if (isLast(message)) return void this.#socket.end(bytes)
    this.#socket.write(bytes)
    this.#busy = false
    this.#next()
  }

  /** @returns `null` for no answer; a function goes on with the connection in another way */
  async #bytesFor(message: Message): Promise<Buffer | (() => void) | null> {
    try {
      const request = requestOf(message, 'http')
      const response = await this.#handler(request, this.#tls(), peerOf(this.#socket))
      if (response.status === 101) return () => this.#open(message, response)
      return bytesOfResponse(response, request.method)
    } catch (error) {
      if (error instanceof CallError || error instanceof NotHttp) return null
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      return Buffer.from('HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n\r\nthe program failed')
    }
  }
}

/** Does the client say that no request follows on its connection? Source: RFC 9112, 9.3. */
function isLast(message: Message): boolean {
  return closes(message) || (message.start.endsWith(' HTTP/1.0') && !/keep-alive/i.test(fieldIn(message, 'connection') ?? ''))
}

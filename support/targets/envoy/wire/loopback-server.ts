import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { SecureContext, TLSSocketOptions } from 'node:tls'
import type { HttpRequest, HttpResponse } from '../../../../mesh-core/ir/message.ts'
import { CallError } from '../../../../mesh-core/ir/program.ts'
import { bytesOf } from '../../../../mesh-core/dataplane/data-plane.ts'
import { plainOnTls } from '../../../../mesh-core/dataplane/taken-by-application.ts'
import type { ApplicationTls, KeyPair, SeenTls } from '../../../../mesh-core/ir/tls.ts'
import { credentials } from '../credentials.ts'
import { callHeader } from '../xds/access-log.ts'
import { bytesOfResponse, framingOfRequest, requestOf } from './http1.ts'
import { isHttp2, serveHttp2 } from './http2-server.ts'
import { fieldIn, MessageReader, NotHttp } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import { isMarked, takeLine } from './raw-bytes.ts'
import { openWebSocket } from './websocket-server.ts'

/**
 * @param tls that was ended here; `null` for none
 * @param peer the other end of the connection, `127.0.0.1:40123`; absent for datagrams
 */
export type Handler = (request: HttpRequest, tls: SeenTls | null, peer?: string) => Promise<HttpResponse>

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`
}

/** What answers requests on a port of 127.0.0.1. Node's own HTTP server would refuse targets and bytes that proxies let pass. */
export class LoopbackServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(handler: Handler, tls: () => ApplicationTls) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy())
      socket.once('data', (first: Buffer) => this.#serve(socket, first, handler, tls()))
    })
  }

  /** @param handler a `CallError` of its closes the connection without an answer */
  static async start(handler: Handler, tls: () => ApplicationTls): Promise<LoopbackServer> {
    const server = new LoopbackServer(handler, tls)
    await new Promise<void>((resolve, reject) => server.#server.once('error', reject).listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #serve(socket: Socket, first: Buffer, handler: Handler, tls: ApplicationTls): void {
    const isTls = first[0] === handshake
    if (isTls && tls.accepts !== 'plain') return void this.#secure(socket, first, handler, tls)
    if (tls.accepts === 'tls') return void socket.end(isMarked(first) ? '' : refusalOfPlain)
    if (isMarked(first)) return new ServedLine(socket, handler, () => null).read(first)
    // What is no HTTP gets no answer that is.
    if (isTls) return void socket.end(badRequest)
    if (!isHttp2(first)) return new ServedConnection(socket, handler, () => null).start(first)
    socket.pause()
    socket.unshift(first)
    serveHttp2(socket, (request) => handler(request, null, peerOf(socket)))
  }

  async #secure(socket: Socket, first: Buffer, handler: Handler, tls: ApplicationTls): Promise<void> {
    socket.pause()
    socket.unshift(first)
    const secured = new TLSSocket(socket, { isServer: true, ...(await serverOptions(tls)), ALPNProtocols: ['h2', 'http/1.1'] })
    secured.on('error', () => socket.destroy())
    const seen = (): SeenTls => seenOf(secured, tls)
    secured.once('secure', () => {
      // A server of Node's tells its sockets so; an HTTP/2 session waits for it.
      Object.assign(secured, { secureConnecting: false })
      if (secured.alpnProtocol === 'h2') return serveHttp2(secured, (request) => handler(request, seen(), peerOf(socket)))
      secured.once('data', (bytes: Buffer) =>
        isMarked(bytes) ? new ServedLine(secured, handler, seen).read(bytes) : new ServedConnection(secured, handler, seen).start(bytes),
      )
    })
  }

  /** Ends open connections, too. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
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

async function serverOptions({ certificate, clientAuthorities }: ApplicationTls): Promise<TLSSocketOptions> {
  const clients = clientAuthorities === null ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientAuthorities }
  if (typeof certificate !== 'string') return { ...clients, secureContext: contextOf(certificate, clientAuthorities) }
  const certify: TLSSocketOptions['SNICallback'] = (name, done) => {
    credentials.ofServer(name, certificate).then((context) => done(null, context), done)
  }
  // For clients that ask for none.
  return { ...clients, secureContext: await credentials.ofServer('localhost', certificate), SNICallback: certify }
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
  readonly #handler: Handler
  readonly #tls: () => SeenTls | null
  #bytes: Buffer = Buffer.alloc(0)

  constructor(socket: Socket, handler: Handler, tls: () => SeenTls | null) {
    this.#socket = socket
    this.#handler = handler
    this.#tls = tls
    socket.on('data', (bytes: Buffer) => this.read(bytes))
  }

  read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const line = takeLine(this.#bytes)
    if (!line) return
    const request = bytesOf('tcp', '', line.text)
    request.headers.append(callHeader, line.id)
    this.#handler(request, this.#tls(), peerOf(this.#socket)).then(
      ({ status, body }) => this.#socket.end(status === 0 ? body : 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      () => this.#socket.resetAndDestroy(),
    )
  }
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
      this.#socket.destroy()
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
    if (bytes === null) return void this.#socket.resetAndDestroy()
    if (typeof bytes === 'function') return bytes()
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

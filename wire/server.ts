import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { plainOnTls } from '../mesh-core/ir/tls.ts'
import type { ApplicationTls, SeenTls } from '../mesh-core/ir/tls.ts'
import { badRequest, serveHttp1 } from './http1-server.ts'
import { isHttp2 } from './http2-preface.ts'
import { serveLine } from './line-server.ts'
import type { Lines } from './line-server.ts'
import type { Served } from './served.ts'
import { endTls, seenTls } from './tls-server.ts'
import type { Certify } from './tls-server.ts'

/**
 * @param tls that was ended here; `null` for none
 * @param peer the other end of the connection, `127.0.0.1:40123`; absent for datagrams, and for what comes through a tunnel
 */
export type Handler = (request: HttpRequest, tls: SeenTls | null, peer?: string) => Promise<HttpResponse>

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
  /** In tunnels, which may be for anything. Default: `lines`. */
  readonly linesWithin?: Lines
  /** Goes before what a connection says, and is left out. Default: nothing does. */
  readonly preamble?: Preamble
}

/** @returns bytes of it that stand at the beginning; `null` while that cannot be told */
export type Preamble = (bytes: Buffer) => number | null

const nothing: Preamble = () => 0

const plain: ApplicationTls = { accepts: 'plain', certificate: 'any', clientAuthorities: null }

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
      this.#read(socket, Buffer.alloc(0))
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

  /** Waits for the first bytes after those that go before. */
  #read(socket: Socket, heard: Buffer): void {
    socket.once('data', (bytes: Buffer) => {
      const first = Buffer.concat([heard, bytes])
      const { preamble = nothing } = this.#options
      const length = preamble(first)
      if (length === null) this.#read(socket, first)
      else onFirst(socket, first.subarray(length), (rest) => this.#serve(socket, rest, `${socket.remoteAddress}:${socket.remotePort}`))
    })
  }

  /** @param peer left out for what comes through a tunnel */
  #serve(socket: Socket, first: Buffer, peer?: string): void {
    const tls = this.#options.tls?.() ?? plain
    const isTls = first[0] === handshake
    const lines = this.#linesOf(peer)
    const isLine = lines?.begins(first) ?? false
    if (isTls && tls.accepts !== 'plain') return void this.#secure(socket, first, tls, peer)
    // As Go's `net/http` does.
    if (tls.accepts === 'tls') return void socket.end(isLine ? '' : badRequest(plainOnTls))
    // What is no HTTP gets no answer that is.
    if (isTls && !isLine) return void socket.end(badRequest(''))
    const connection = this.#served({ socket, over: socket, peer, tls: () => null })
    if (isLine || !isHttp2(first)) return this.#serveText(connection, first, lines)
    socket.pause()
    socket.unshift(first)
    void serveHttp2(connection)
  }

  #served({ socket, over, peer, tls }: Layer): Served {
    return {
      socket,
      answer: (request) => this.#handler(request, tls(), peer),
      tunnel: (rest, through) => {
        if (!through && socket !== over) this.#within({ socket, over, peer: undefined, tls }, rest)
        else this.#begin((through ?? socket) as Socket, rest)
      },
      reset: () => void over.resetAndDestroy(),
    }
  }

  /** As if it had just been opened. */
  #begin(socket: Socket, rest: Buffer): void {
    onFirst(socket, rest, (first) => this.#serve(socket, first))
  }

  #within(layer: Layer, rest: Buffer): void {
    onFirst(layer.socket, rest, (first) => this.#serveSecured(this.#served(layer), first))
  }

  /** @param peer left out for what comes through a tunnel */
  #linesOf(peer: string | undefined): Lines | undefined {
    const { lines, linesWithin = lines } = this.#options
    return peer === undefined ? linesWithin : lines
  }

  /** Lines, or HTTP/1.x. */
  #serveText(connection: Served, first: Buffer, lines = this.#options.lines): void {
    if (lines?.begins(first)) serveLine(connection, lines, first)
    else serveHttp1(connection, first)
  }

  /** Within its own TLS it looks for no other. */
  #serveSecured(connection: Served, first: Buffer): void {
    if (first[0] === handshake && !this.#options.lines?.begins(first)) return connection.reset()
    this.#serveText(connection, first)
  }

  async #secure(socket: Socket, first: Buffer, tls: ApplicationTls, peer?: string): Promise<void> {
    const secured = await endTls(socket, first, tls, this.#options.certify)
    secured.on('error', () => socket.destroy())
    const connection = this.#served({ socket: secured, over: socket, peer, tls: () => seenTls(secured, tls) })
    secured.once('secure', () => {
      // A server of Node's tells its sockets so; an HTTP/2 session waits for it.
      Object.assign(secured, { secureConnecting: false })
      if (secured.alpnProtocol === 'h2') return void serveHttp2(connection)
      secured.once('data', (bytes: Buffer) => this.#serveSecured(connection, bytes))
    })
  }

  /** Ends open connections, too. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** What it takes is loaded when a client speaks it: most pods never hear it. */
async function serveHttp2(connection: Served): Promise<void> {
  const { serveHttp2: serve } = await import('./http2-server.ts')
  if (!connection.socket.destroyed) serve(connection)
}

/** What carries a protocol, and how it came here. */
interface Layer {
  readonly socket: Socket
  /** The connection itself, which with TLS is another one than carries what is said. */
  readonly over: Socket
  /** `127.0.0.1:40123`; absent for what comes through a tunnel. */
  readonly peer: string | undefined
  readonly tls: () => SeenTls | null
}

function onFirst(socket: Socket, rest: Buffer, begin: (first: Buffer) => void): void {
  if (rest.length > 0) begin(rest)
  else socket.once('data', begin)
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

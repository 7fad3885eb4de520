import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SecureVersion } from 'node:tls'
import type { HttpRequest, HttpResponse } from '../../../../mesh-core/ir/message.ts'
import type { TransportError } from '../../../../mesh-core/ir/exchange.ts'
import type { ClientTls, TlsVersion } from '../../../../mesh-core/ir/tls.ts'
import { bytesOfRequest, closes, framingOfResponse, responseOf, statusIn } from './http1.ts'
import { MessageReader } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import { sendDatagram } from './datagram-client.ts'
import { sendBytes } from './raw-client.ts'

/** The way to whoever takes the request. */
export interface Wire {
  readonly port: number
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

/** Sends requests, and keeps the connections that may be used again. */
export class LoopbackClient {
  readonly #idle = new Map<string, Connection[]>()

  /** @returns the answer, or why there is none */
  async send(wire: Wire, request: HttpRequest): Promise<HttpResponse | TransportError> {
    if (request.protocol === 'tcp') return sendBytes(wire, request.body)
    if (request.protocol === 'udp') return sendDatagram(wire, request.body)
    const connection = (wire.key === null ? undefined : this.#take(wire.key)) ?? new Connection(wire)
    const outcome = await connection.exchange(request, wire)
    if (wire.key !== null && connection.open) this.#keep(wire.key, connection)
    else connection.close()
    return outcome
  }

  /** What was said on a connection before is nothing to the next request: a proxy may go on with its former config on it. */
  closeIdle(): void {
    for (const connections of this.#idle.values()) for (const connection of connections) connection.close()
    this.#idle.clear()
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

type Outcome = Message | TransportError

class Connection {
  readonly #socket: Socket
  #reader: MessageReader
  #method = ''
  #waiting: ((outcome: Outcome) => void) | null = null
  #address: string | null = null
  #lost: TransportError | null = null
  open = true

  constructor({ port, preamble, tls }: Wire) {
    this.#reader = new MessageReader((head) => framingOfResponse(head, this.#method))
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    if (preamble) socket.write(preamble)
    this.#socket = tls === null ? socket : secured(socket, tls)
    socket.once('error', (error: NodeJS.ErrnoException) => this.#lose(error.code === 'ECONNREFUSED' ? 'refused' : 'closed'))
    if (this.#socket !== socket) this.#socket.once('error', (error: NodeJS.ErrnoException) => this.#lose(tlsFailure(error)))
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes)).once('close', () => this.#end())
    this.#socket.once('end', () => this.#end())
    this.#socket.on('timeout', () => this.#lose('timeout'))
    socket.once('connect', () => this.#connected(`${socket.localAddress}:${socket.localPort}`))
  }

  #told: ((address: string) => void) | null = null

  #connected(address: string): void {
    this.#address = address
    this.#told?.(address)
  }

  async exchange(request: HttpRequest, { timeoutMs, onConnected }: Wire): Promise<HttpResponse | TransportError> {
    this.#method = request.method
    this.#told = onConnected
    if (this.#address !== null) onConnected(this.#address)
    this.#socket.setTimeout(timeoutMs === null || timeoutMs === Infinity ? 0 : timeoutMs)
    const outcome = await new Promise<Outcome>((resolve) => {
      this.#waiting = resolve
      if (this.#lost) this.#answer(this.#lost)
      else this.#socket.write(bytesOfRequest(request))
    })
    this.#socket.setTimeout(0)
    if (typeof outcome === 'string') return outcome
    // A direct response of Envoy's with the status 204 brings its body all the same: nobody could tell it from the next answer.
    if (closes(outcome) || this.#reader.begun || statusIn(outcome) === 204) this.close()
    return responseOf(outcome)
  }

  close(): void {
    this.open = false
    this.#socket.destroy()
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
      for (let message = this.#reader.take(); message; message = this.#reader.take()) if (statusIn(message) >= 200) return this.#answer(message)
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

/** A client that is told no authority takes whatever certificate the server shows. */
function secured(
  socket: Socket,
  { serverName, applicationProtocols, certificate, trusts, minVersion, maxVersion }: NonNullable<Wire['tls']>,
): Socket {
  return connectTls({
    socket,
    ...(serverName !== null && { servername: serverName }),
    ALPNProtocols: [...(applicationProtocols ?? ['http/1.1'])],
    ...(certificate && { cert: certificate.certificateChain, key: certificate.privateKey }),
    ...(trusts !== undefined && { ca: trusts }),
    rejectUnauthorized: trusts !== undefined,
    ...(minVersion && { minVersion: nodeVersion(minVersion) }),
    ...(maxVersion && { maxVersion: nodeVersion(maxVersion) }),
  })
}

function nodeVersion(version: TlsVersion): SecureVersion {
  return version === 'TLSv1_0' ? 'TLSv1' : (version.replace('_', '.') as SecureVersion)
}

/** Why a handshake failed, as OpenSSL names it; a connection that was just closed says nothing. */
function tlsFailure({ code = '' }: NodeJS.ErrnoException): TransportError {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'closed'
  return code.startsWith('ERR_SSL_') ? `tls: ${code.slice('ERR_SSL_'.length)}` : 'tls: CERTIFICATE_VERIFY_FAILED'
}

import { request as requestHttp } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import { CallError } from '../../../mesh-core/ir/program.ts'
import { headersOf, readBody } from '../../../samples/host/wire.ts'

/** The way to whoever takes the request. */
export interface Wire {
  readonly port: number
  /** Goes before the request's own bytes. */
  readonly preamble: Buffer | null
  /** `null` for never. Bounds the silence on the socket. */
  readonly timeoutMs: number | null
  /** Our end of the connection, `127.0.0.1:40123`, as soon as it is known. */
  readonly onConnected: (address: string) => void
}

/**
 * One request over a connection of its own, with no header but those given, the Host and the length.
 * @throws CallError
 */
export async function sendOver(wire: Wire, request: HttpRequest): Promise<HttpResponse> {
  const socket = open(wire)
  // Node sets the timeout of a request only on connections that it opens itself.
  let silent = false
  if (wire.timeoutMs !== null && wire.timeoutMs !== Infinity)
    socket.setTimeout(wire.timeoutMs, () => {
      silent = true
      socket.destroy(new CallError('timeout'))
    })
  try {
    const message = await start(socket, request)
    const headers = headersOf(message)
    // Of the headers of a connection this one says something: the proxy would take no other request on it.
    if (message.headers.connection === 'close') headers.append('connection', 'close')
    return { status: message.statusCode ?? 0, headers, body: await readBody(message) }
  } catch (error) {
    throw new CallError(silent ? 'timeout' : reasonOf(error))
  } finally {
    socket.destroy()
  }
}

function start(socket: Socket, request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Without Node's own headers: a proxy sees what the sentence says. (The option is newer than the types.)
    const options: RequestOptions & { readonly setDefaultHeaders: boolean } = {
      method: request.method,
      path: request.path,
      headers: fieldsOf(request),
      setDefaultHeaders: false,
      createConnection: () => socket,
    }
    requestHttp(options, resolve).on('error', reject).end(request.body)
  })
}

function open({ port, preamble, onConnected }: Wire): Socket {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => onConnected(`${socket.localAddress}:${socket.localPort}`))
  if (preamble) socket.write(preamble)
  return socket
}

function fieldsOf(request: HttpRequest): string[] {
  const fields = ['host', request.authority, ...request.headers.fields]
  // Unsaid, Node would write that it closes the connection, and a proxy answers to that.
  if (!request.headers.has('connection')) fields.push('connection', 'keep-alive')
  if (request.body !== '' && !request.headers.has('content-length')) fields.push('content-length', String(Buffer.byteLength(request.body)))
  return fields
}

function reasonOf(error: unknown): CallError['reason'] {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'closed'
}

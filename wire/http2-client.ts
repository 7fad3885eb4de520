import { connect } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { TransportError } from '../mesh-core/ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { bytesOfContent, fieldsOfRequest, responseOfStream } from './http2.ts'
import type { Wire } from './wire.ts'
import { dial } from './dial.ts'
import type { Line } from './dial.ts'

/** A connection on which HTTP/2 is spoken without asking first, one request after another. */
export class Http2Connection {
  readonly #line: Line
  readonly #session: ClientHttp2Session
  #lost: TransportError | null = null

  constructor(wire: Wire) {
    this.#line = dial(wire, ['h2'], (reason) => (this.#lost ??= reason))
    this.#session = connect('http://loopback', { createConnection: () => this.#line.socket as Socket })
    this.#session.on('error', () => (this.#lost ??= 'closed')).on('close', () => (this.#lost ??= 'closed'))
    this.#session.on('goaway', () => this.#session.close())
  }

  get open(): boolean {
    return this.#lost === null && !this.#session.closed && !this.#session.destroyed
  }

  async exchange(request: HttpRequest, { timeoutMs, onConnected }: Wire): Promise<HttpResponse | TransportError> {
    this.#line.tell(onConnected)
    if (!this.open) return this.#lost ?? 'closed'
    const content = bytesOfContent(request)
    const stream = this.#session.request(fieldsOfRequest(request), { endStream: content.length === 0 })
    if (timeoutMs !== null && timeoutMs !== Infinity) stream.setTimeout(timeoutMs, () => (this.#lose('timeout'), stream.destroy()))
    if (content.length > 0) stream.end(content)
    try {
      return await answerOn(stream)
    } catch {
      // The reason of the connection comes before that of its streams, or a moment after.
      await new Promise(setImmediate)
      return this.#lost ?? 'closed'
    }
  }

  close(): void {
    this.#lost ??= 'closed'
    this.#session.destroy()
    this.#line.socket.destroy()
  }

  #lose(reason: TransportError): void {
    this.#lost ??= reason
  }
}

async function answerOn(stream: ClientHttp2Stream): Promise<HttpResponse> {
  const head = new Promise<{ headers: IncomingHttpHeaders; raw: readonly string[] }>((resolve, reject) => {
    stream.once('response', (headers: IncomingHttpHeaders, _flags: number, ...[raw]: unknown[]) => resolve({ headers, raw: raw as string[] }))
    stream.once('error', reject).once('close', () => reject(new Error('closed')))
  })
  let trailers: string[] = []
  stream.once('trailers', (_headers: IncomingHttpHeaders, _flags: number, ...[rest]: unknown[]) => (trailers = rest as string[]))
  const { headers, raw } = await head
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return responseOfStream(headers, raw, Buffer.concat(chunks), trailers)
}

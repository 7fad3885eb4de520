import type { HttpResponse } from '../mesh-core/ir/message.ts'
import { CallError } from '../mesh-core/ir/program.ts'
import { bytesOfResponse, closes, headOfResponse, framingOfRequest, requestOf } from './http1.ts'
import { fieldIn, MessageReader, NotHttp } from './message-reader.ts'
import type { Message } from './message-reader.ts'
import type { Served } from './served.ts'

/** Answers the requests of one connection in HTTP/1.x, one after another. @param first what was read of it */
export function serveHttp1(connection: Served, first: Buffer): void {
  new Http1Server(connection).start(first)
}

/** What is said to whom no request was understood of, before its connection ends. */
export function badRequest(body: string): string {
  const head = ['HTTP/1.1 400 Bad Request', 'content-type: text/plain; charset=utf-8', `content-length: ${body.length}`, 'connection: close']
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

class Http1Server {
  readonly #connection: Served
  readonly #reader = new MessageReader(framingOfRequest)
  #busy = false
  #toldToContinue = false

  constructor(connection: Served) {
    this.#connection = connection
  }

  start(first: Buffer): void {
    this.#connection.socket.on('data', (bytes: Buffer) => this.#read(bytes))
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
    this.#connection.socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  }

  #taken(): Message | null {
    try {
      return this.#reader.take()
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error
      this.#connection.socket.end(badRequest(''))
      return null
    }
  }

  /** What it takes is loaded when somebody asks for it: most pods never are. */
  async #open(message: Message, response: HttpResponse): Promise<void> {
    const { socket } = this.#connection
    socket.removeAllListeners('data').pause()
    const { openWebSocket } = await import('./websocket-server.ts')
    if (socket.destroyed) return
    openWebSocket(socket, message, this.#reader.rest, response)
    socket.resume()
  }

  /** Behind such an answer no body comes, but what goes through. Source: RFC 9110, 9.3.6. */
  #tunnel({ status, headers }: HttpResponse): void {
    const { socket, tunnel } = this.#connection
    socket.removeAllListeners('data')
    socket.write(headOfResponse(status, headers))
    tunnel(this.#reader.rest)
  }

  /** Nobody has asked for it, and what comes behind is nothing that is read here. */
  #switch({ status, headers }: HttpResponse): void {
    const { socket } = this.#connection
    socket.removeAllListeners('data').resume()
    socket.write(headOfResponse(status, headers))
  }

  async #answer(message: Message): Promise<void> {
    this.#busy = true
    this.#toldToContinue = false
    const bytes = await this.#bytesFor(message)
    if (bytes === null) return this.#connection.reset()
    if (typeof bytes === 'function') return bytes()
    if (isLast(message)) return void this.#connection.socket.end(bytes)
    this.#connection.socket.write(bytes)
    this.#busy = false
    this.#next()
  }

  /** @returns `null` for no answer; a function goes on with the connection in another way */
  async #bytesFor(message: Message): Promise<Buffer | (() => void) | null> {
    try {
      const request = requestOf(message, 'http')
      const response = await this.#connection.answer(request)
      if (response.status === 101) return () => (fieldIn(message, 'upgrade') === undefined ? this.#switch(response) : this.#open(message, response))
      if (request.method === 'CONNECT' && isSuccess(response.status)) return () => this.#tunnel(response)
      return bytesOfResponse(response, request.method)
    } catch (error) {
      if (error instanceof CallError || error instanceof NotHttp) return null
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      return Buffer.from('HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n\r\nthe program failed')
    }
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Does the client say that no request follows on its connection? Source: RFC 9112, 9.3. */
function isLast(message: Message): boolean {
  return closes(message) || (message.start.endsWith(' HTTP/1.0') && !/keep-alive/i.test(fieldIn(message, 'connection') ?? ''))
}

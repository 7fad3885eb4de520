import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { RawData } from 'ws'
import type { TransportError } from '../mesh-core/ir/exchange.ts'
import type { HttpRequest, HttpResponse, StreamMessage } from '../mesh-core/ir/message.ts'
import { dial } from './dial.ts'
import { headersOfFields } from './http1.ts'
import type { Wire } from './wire.ts'

/** Does the request open a WebSocket over which something is to be said? */
export function opensWebSocket({ headers, protocol, messages }: HttpRequest): boolean {
  return messages !== undefined && protocol === undefined && headers.get('upgrade')?.toLowerCase() === 'websocket'
}

/** They are the handshake's own. */
const ofHandshake = new Set(['connection', 'upgrade', 'sec-websocket-key', 'sec-websocket-version', 'sec-websocket-extensions', 'content-length'])

/** Opens a WebSocket over a connection of its own, says all messages, and closes it when the other end has answered them. */
export function converse(wire: Wire, request: HttpRequest): Promise<HttpResponse | TransportError> {
  return new Promise((resolve) => {
    let lost: TransportError | null = null
    const line = dial(wire, ['http/1.1'], (reason) => (lost ??= reason))
    line.tell(wire.onConnected)
    const socket = new WebSocket(`ws://loopback${request.path}`, { ...optionsOf(request), createConnection: () => line.socket as Socket })
    const heard: StreamMessage[] = []
    let answer: HttpResponse | null = null
    const end = (outcome: HttpResponse | TransportError): void => {
      clearTimeout(patience)
      line.socket.destroy()
      resolve(outcome)
    }
    const { timeoutMs } = wire
    const patience = timeoutMs === null || timeoutMs === Infinity ? undefined : setTimeout(() => end('timeout'), timeoutMs)
    socket.on('upgrade', ({ rawHeaders }) => (answer = { status: 101, headers: headersOfFields(rawHeaders, true), body: '' }))
    socket.on('unexpected-response', (_request, message) => {
      const chunks: Buffer[] = []
      const ended = (): void =>
        end({ status: message.statusCode ?? 0, headers: headersOfFields(message.rawHeaders, false), body: Buffer.concat(chunks).toString() })
      message
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', ended)
        .once('error', ended)
    })
    socket.on('open', () => {
      for (const message of request.messages ?? []) socket.send(message)
      socket.close()
    })
    socket.on('message', (data: RawData, isBinary: boolean) => heard.push(messageOf(data, isBinary)))
    socket.on('error', () => setImmediate(() => end(lost ?? 'closed')))
    socket.on('close', () => end(answer ? { ...answer, messages: heard } : (lost ?? 'closed')))
  })
}

export function messageOf(data: RawData, isBinary: boolean): StreamMessage {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
  return isBinary ? new Uint8Array(bytes) : bytes.toString()
}

function optionsOf({ authority, headers }: HttpRequest): ConstructorParameters<typeof WebSocket>[2] & object {
  const fields: Record<string, string | string[]> = { host: authority }
  for (const [name, value] of headers.entries()) {
    if (ofHandshake.has(name)) continue
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return { headers: fields as Record<string, string>, perMessageDeflate: false }
}

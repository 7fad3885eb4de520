import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import type { HttpResponse } from '../mesh-core/ir/message.ts'
import type { Message } from './message-reader.ts'
import { messageOf } from './websocket-client.ts'

const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })

/** They are the handshake's own. */
const ofHandshake = new Set(['connection', 'upgrade', 'sec-websocket-accept', 'content-length'])

/**
 * Opens the WebSocket that a request has asked for, and answers each of its messages as the service has it.
 * @param head what has come behind the request
 */
export function openWebSocket(socket: Socket, message: Message, head: Buffer, { headers, converse }: HttpResponse): void {
  const fields: Record<string, string> = {}
  for (let i = 0; i < message.fields.length; i += 2) fields[message.fields[i]!] = message.fields[i + 1]!
  const request = { method: 'GET', headers: fields, url: '/', socket } as unknown as IncomingMessage
  const own = [...headers.entries()].filter(([name]) => !ofHandshake.has(name)).map(([name, value]) => `${name}: ${value}`)
  server.once('headers', (lines) => void lines.push(...own))
  server.handleUpgrade(request, socket, head, (opened) => {
    opened.on('error', () => socket.destroy())
    opened.on('message', (data, isBinary) => {
      for (const answer of converse?.([messageOf(data, isBinary)]) ?? []) opened.send(answer)
    })
  })
}

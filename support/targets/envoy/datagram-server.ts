import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { bytesOf } from '../../../mesh-core/ir/message.ts'
import { WireServer } from '../../../wire/server.ts'
import type { Handler, WireServerOptions } from '../../../wire/server.ts'
import { takeMark } from './raw-bytes.ts'
import { callHeader } from './xds/access-log.ts'

/** What answers datagrams on a port of 127.0.0.1, and connections on the same. */
export class DatagramServer {
  readonly #connections: WireServer
  readonly #socket: Socket

  private constructor(connections: WireServer, socket: Socket) {
    this.#connections = connections
    this.#socket = socket
  }

  /** @param handler of whom only an answer of status 0 is heard: others are for clients of HTTP */
  static async start(handler: Handler, options: WireServerOptions, tries = 20): Promise<DatagramServer> {
    const connections = await WireServer.start(handler, options)
    const socket = createSocket('udp4')
    socket.on('message', (bytes, { port, address }) => void answer(handler, bytes).then((text) => text === null || socket.send(text, port, address)))
    try {
      socket.bind(connections.port, '127.0.0.1')
      await once(socket, 'listening')
      return new DatagramServer(connections, socket)
    } catch (error) {
      // Somebody else has taken the port for datagrams: one that is free for both is looked for.
      socket.close()
      await connections.close()
      if (tries === 1) throw error
      return DatagramServer.start(handler, options, tries - 1)
    }
  }

  get port(): number {
    return this.#connections.port
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.#connections.close()
  }
}

/** `null`: there is none. */
async function answer(handler: Handler, bytes: Buffer): Promise<string | null> {
  const { id, text } = takeMark(bytes.toString())
  const request = bytesOf('udp', '', text)
  if (id !== null) request.headers.append(callHeader, id)
  try {
    const { status, body } = await handler(request, null)
    return status === 0 ? body : null
  } catch {
    return null
  }
}

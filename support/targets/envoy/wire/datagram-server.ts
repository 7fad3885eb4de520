import type { ApplicationTls } from '../../../../mesh-core/ir/tls.ts'
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { bytesOf } from '../../../../mesh-core/dataplane/data-plane.ts'
import { callHeader } from '../xds/access-log.ts'
import { LoopbackServer } from './loopback-server.ts'
import type { Handler } from './loopback-server.ts'
import { takeMark } from './raw-bytes.ts'

/** What answers datagrams on a port of 127.0.0.1, and connections on the same. */
export class DatagramServer {
  readonly #connections: LoopbackServer
  readonly #socket: Socket

  private constructor(connections: LoopbackServer, socket: Socket) {
    this.#connections = connections
    this.#socket = socket
  }

  /** @param handler of whom only an answer of status 0 is heard: others are for clients of HTTP */
  static async start(handler: Handler, tls: () => ApplicationTls, tries = 20): Promise<DatagramServer> {
    const connections = await LoopbackServer.start(handler, tls)
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
      return DatagramServer.start(handler, tls, tries - 1)
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

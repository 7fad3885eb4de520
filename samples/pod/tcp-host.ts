import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import type { Host } from '../host/host.ts'

/** Answers the first line of each TCP connection, and closes it. */
export async function hostLines(handler: (request: HttpRequest) => Promise<HttpResponse>, port: number): Promise<Host> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    readLine(socket, (line) => {
      handler(bytes(line)).then(
        ({ body }) => socket.end(body),
        () => socket.resetAndDestroy(),
      )
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function readLine(socket: Socket, take: (line: string) => void): void {
  let text = ''
  const onData = (data: Buffer): void => {
    text += data.toString()
    if (!text.includes('\n')) return
    socket.off('data', onData)
    take(text.slice(0, text.indexOf('\n') + 1))
  }
  socket.on('data', onData)
}

function bytes(line: string): HttpRequest {
  return { method: '', scheme: 'http', authority: '', path: '', headers: new Headers(), body: line, protocol: 'tcp' }
}

import type { TransportError } from '../mesh-core/ir/exchange.ts'
import { bytesPatienceMs, Headers } from '../mesh-core/ir/message.ts'
import type { HttpResponse } from '../mesh-core/ir/message.ts'
import { connectionOf } from './wire.ts'
import type { Wire } from './wire.ts'
import { connectionFailure } from './dial.ts'

/** Says a line over a connection of its own, and takes what comes until the other side closes. An end without a word is none. */
export function sendBytes(wire: Wire, text: string): Promise<HttpResponse | TransportError> {
  return new Promise((resolve) => {
    const { preamble, timeoutMs, onConnected } = wire
    const patienceMs = timeoutMs ?? bytesPatienceMs.tcp
    const socket = connectionOf(wire)
    const heard: Buffer[] = []
    const end = (failure: TransportError): void => {
      socket.destroy()
      resolve(heard.length > 0 ? { status: 0, headers: new Headers(), body: Buffer.concat(heard).toString() } : failure)
    }
    socket.setTimeout(patienceMs === Infinity ? 0 : patienceMs)
    socket.once('connect', () => {
      onConnected(`${socket.localAddress}:${socket.localPort}`)
      if (preamble) socket.write(preamble)
      socket.write(text)
    })
    socket.on('data', (bytes: Buffer) => heard.push(bytes))
    socket.once('end', () => end('closed')).once('close', () => end('closed'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(connectionFailure(error)))
    socket.once('timeout', () => end('timeout'))
  })
}

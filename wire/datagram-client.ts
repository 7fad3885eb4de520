import { createSocket } from 'node:dgram'
import { bytesPatienceMs, Headers } from '../mesh-core/ir/message.ts'
import type { TransportError } from '../mesh-core/ir/exchange.ts'
import type { HttpResponse } from '../mesh-core/ir/message.ts'
import type { Wire } from './wire.ts'

/** Sends a datagram from a port of its own, and takes the first that comes back. */
export function sendDatagram({ port, timeoutMs }: Wire, text: string): Promise<HttpResponse | TransportError> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (outcome: HttpResponse | TransportError): void => {
      clearTimeout(timer)
      socket.removeAllListeners().close()
      resolve(outcome)
    }
    const timer = setTimeout(() => end('timeout'), timeoutMs ?? bytesPatienceMs.udp)
    socket.once('message', (bytes) => end({ status: 0, headers: new Headers(), body: bytes.toString() }))
    socket.once('error', () => end('closed'))
    socket.send(text, port, '127.0.0.1')
  })
}

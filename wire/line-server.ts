import type { HttpRequest } from '../mesh-core/ir/message.ts'
import type { Served } from './served.ts'

/** Connections that carry one line of bytes in place of HTTP. */
export interface Lines {
  /** Do the first bytes of a connection begin one? */
  begins(first: Buffer): boolean
  /** @returns `null` while it has not come whole */
  take(bytes: Buffer): HttpRequest | null
}

/** What has no words for a line says so in those of HTTP, as core does. */
const notForLines = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'

/** Answers one line of a connection, and closes it. @param first what was read of it */
export function serveLine({ socket, answer, reset }: Served, lines: Lines, first: Buffer): void {
  let heard: Buffer = Buffer.alloc(0)
  const read = (bytes: Buffer): void => {
    heard = Buffer.concat([heard, bytes])
    const request = lines.take(heard)
    if (!request) return
    socket.off('data', read).resume()
    answer(request).then(({ status, body }) => socket.end(status === 0 ? body : notForLines), reset)
  }
  socket.on('data', read)
  read(first)
}

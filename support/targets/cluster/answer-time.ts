import type { Socket } from 'node:net'

/**
 * How long an answer takes: from when the connection stands, and the first byte can go, until its last byte has come. Where no connection comes about, from the
 * beginning. What a client does by itself before and after that is not the mesh's.
 */
export class AnswerTime {
  #begun = performance.now()
  #ended: number | null = null

  /** @returns the socket */
  of<T extends Pick<Socket, 'once'>>(socket: T): T {
    socket.once('connect', () => (this.#begun = performance.now()))
    return socket
  }

  end(): void {
    this.#ended ??= performance.now()
  }

  /** Until now where it has not ended. */
  get ms(): number {
    return (this.#ended ?? performance.now()) - this.#begun
  }
}

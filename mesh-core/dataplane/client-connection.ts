import type { Addressee } from './upstream/original-destination.ts'

/** A connection that a client keeps from one request to the next. */
export class ClientConnection {
  readonly port: number
  readonly #leadsTo = new Map<string, Addressee>()

  /** @param port that the client calls from */
  constructor(port: number) {
    this.port = port
  }

  /** Who is behind an address of a service kube-proxy decides for each connection, not for each request. */
  end(to: string, isThere: (addressee: Addressee) => boolean): Addressee | null {
    const known = this.#leadsTo.get(to)
    return known && isThere(known) ? known : null
  }

  lead(to: string, addressee: Addressee): void {
    this.#leadsTo.set(to, addressee)
  }

  close(to: string): void {
    this.#leadsTo.delete(to)
  }
}

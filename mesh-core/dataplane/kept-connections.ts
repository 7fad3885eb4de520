import type { Milliseconds } from '../time/clock.ts'
import type { Addressee } from './upstream/original-destination.ts'

interface Kept {
  readonly addressee: Addressee
  readonly idleSinceMs: Milliseconds
}

/**
 * Connections of a proxy to addresses of services that nobody uses at the moment. What is behind such an address kube-proxy decides for each connection: whoever
 * gets one that is there already lands where the one before has landed. Source: Envoy `OriginalDstCluster`, whose hosts are the addresses.
 */
export class KeptConnections {
  /** By address and port; the one that was used last at the end. */
  readonly #idle = new Map<string, Kept[]>()

  /** @param since those that have been idle from before then are closed. @param isThere is the other end there still? */
  take(to: string, since: Milliseconds, isThere: (addressee: Addressee) => boolean): Addressee | null {
    const open = (this.#idle.get(to) ?? []).filter(({ addressee, idleSinceMs }) => idleSinceMs > since && isThere(addressee))
    const last = open.pop()
    this.#idle.set(to, open)
    return last?.addressee ?? null
  }

  keep(to: string, addressee: Addressee, now: Milliseconds): void {
    const open = this.#idle.get(to) ?? []
    open.push({ addressee, idleSinceMs: now })
    this.#idle.set(to, open)
  }
}

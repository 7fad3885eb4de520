import type { ConnectionLimits } from '../../ir/cluster.ts'
import type { Milliseconds } from '../../time/clock.ts'
import type { ConnectionPool } from '../upstream/connection-pool.ts'

/** The connections of a proxy that speaks HTTP to someone: the next request may find that of the last. */
export interface Sender {
  readonly pool: ConnectionPool
  /** How long it keeps one, and for how many requests. */
  readonly limits: ConnectionLimits
}

interface Held {
  readonly openedMs: Milliseconds
  served: number
  /** Requests on it; of HTTP/1 there is one at most. */
  streams: number
  idleSinceMs: Milliseconds
}

/**
 * Of a port that reads no HTTP: a connection on which requests come is open there for as long as its sender keeps it. Source: Envoy `TcpProxy::Filter`,
 * `ConnPoolImplBase`.
 */
export class HeldConnections {
  readonly #of = new Map<Sender['pool'], { limits: ConnectionLimits; held: Held[] }>()
  readonly #close: () => void

  /** @param close called for each that its sender closes */
  constructor(close: () => void) {
    this.#close = close
  }

  /** Closes those that their senders keep no longer. */
  closeIdle(now: Milliseconds): void {
    for (const [pool, { limits, held }] of this.#of) {
      const kept = held.filter((one) => one.streams > 0 || !isOver(one, limits, now))
      for (let closed = kept.length; closed < held.length; closed++) this.#close()
      if (kept.length > 0) this.#of.set(pool, { limits, held: kept })
      else this.#of.delete(pool)
    }
  }

  /** @returns one that takes the request; of HTTP/2 one that carries others, too */
  take({ pool }: Sender, isHttp2: boolean): Held | undefined {
    const one = this.#of.get(pool)?.held.findLast(({ streams }) => isHttp2 || streams === 0)
    if (one) one.streams++
    return one
  }

  add({ pool, limits }: Sender, now: Milliseconds): Held {
    const one = { openedMs: now, served: 0, streams: 1, idleSinceMs: now }
    this.#of.set(pool, { limits, held: [...(this.#of.get(pool)?.held ?? []), one] })
    return one
  }

  /** @param isKept its request has been answered */
  leave({ pool, limits }: Sender, one: Held, now: Milliseconds, isKept: boolean): void {
    one.streams--
    one.served++
    one.idleSinceMs = now
    if (isKept && !isSpent(one, limits)) return
    const held = this.#of.get(pool)?.held
    if (!held?.includes(one)) return
    this.#of.set(pool, { limits, held: held.filter((other) => other !== one) })
    this.#close()
  }
}

function isSpent({ served }: Held, { maxRequestsPerConnection }: ConnectionLimits): boolean {
  return maxRequestsPerConnection !== null && served >= maxRequestsPerConnection
}

function isOver({ openedMs, idleSinceMs }: Held, { idleTimeoutMs, maxConnectionDurationMs }: ConnectionLimits, now: Milliseconds): boolean {
  return now - idleSinceMs >= idleTimeoutMs || (maxConnectionDurationMs !== null && now - openedMs >= maxConnectionDurationMs)
}

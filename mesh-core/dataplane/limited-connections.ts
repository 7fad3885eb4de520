import type { ConnectionLimit } from '../ir/proxy-config.ts'
import { NotShown } from '../ir/not-shown.ts'
import type { Place } from './evidence.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import { afterWaiting } from './waiting.ts'

/** How many connections are open at filter chains that limit them. Source: Envoy `connection_limit.cc`. */
export class OpenConnections {
  readonly #counts = new Map<string, number>()

  /**
   * One more; those behind the limit that it is beyond do not see it. A count below 0 has no sign at Envoy, and is beyond every limit.
   * @returns that limit; `null`: it is within all
   */
  open(chain: string, limits: readonly ConnectionLimit[]): ConnectionLimit | null {
    for (const [i, limit] of limits.entries()) {
      const count = this.#add(chain, i, 1)
      if (count < 0 || count >= limit.most) return limit
    }
    return null
  }

  /** All are told, also those that have not seen it. */
  close(chain: string, limits: readonly ConnectionLimit[]): void {
    for (const i of limits.keys()) this.#add(chain, i, -1)
  }

  /** @returns the count before */
  #add(chain: string, index: number, change: number): number {
    const key = `${chain} ${index}`
    const before = this.#counts.get(key) ?? 0
    this.#counts.set(key, before + change)
    return before
  }
}

/** A connection that its chain may not take. */
export interface LimitedConnection {
  readonly plane: Plane
  readonly place: Place
  /** Of the proxy. */
  readonly chain: string
  readonly limits: readonly ConnectionLimit[]
  /** It is kept out. */
  readonly note: () => void
}

/** It counts until it is closed, with those that wait to be. @param begin where it is within the limits */
export function withinLimits(limited: LimitedConnection, done: Done, begin: (end: Done) => InFlight | null): InFlight | null {
  const { plane, place, chain, limits, note } = limited
  if (place.sourceAddress !== null) {
    place.exchange.fail(keptOpen)
    return null
  }
  const over = plane.openConnections.open(chain, limits)
  let isOpen = true
  const close = (): void => {
    if (isOpen) plane.openConnections.close(chain, limits)
    isOpen = false
  }
  const end: Done = (outcome) => (close(), done(outcome))
  if (!over) return closing(begin(end), close)
  note()
  const refuse = (): null => (end('closed'), null)
  return over.delayMs === 0 ? refuse() : closing(afterWaiting(plane, over.delayMs, `${chain} keeps a connection waiting`, refuse), close)
}

const keptOpen = new NotShown(
  'how many connections other proxies keep to one that limits them (envoy.filters.network.connection_limit) is not modelled',
)

function closing(inFlight: InFlight | null, close: () => void): InFlight | null {
  return inFlight && { abandon: () => (close(), inFlight.abandon()) }
}

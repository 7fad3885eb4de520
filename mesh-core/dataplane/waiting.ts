import type { Milliseconds } from '../time/clock.ts'
import type { InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'

/** Goes on when the time is over, unless the client has gone. */
export function afterWaiting({ clock }: Plane, ms: Milliseconds, what: string, begin: () => InFlight | null): InFlight {
  let inFlight: InFlight | null = null
  const timer = clock.schedule(ms, () => (inFlight = begin()), what)
  return { abandon: () => (timer.cancel(), inFlight?.abandon()) }
}

import { formatDuration } from '../duration.ts'
import { StatementFailed } from '../failure.ts'
import { each } from './check.ts'
import type { Check } from './check.ts'

const relativeTolerance = 0.05
/** Scheduling, network and connection setup of a live mesh. */
const wallToleranceMs = 500

/** Within 5 %, or within 500 ms on a wall clock, whichever is more. */
export function takesAbout(wantedMs: number): Check {
  return each(({ durationMs }, { clock }) => {
    const tolerance = Math.max(wantedMs * relativeTolerance, clock === 'wall' ? wallToleranceMs : 0)
    return Math.abs(durationMs - wantedMs) <= tolerance
      ? undefined
      : `took ${formatDuration(durationMs)}, wanted ${formatDuration(wantedMs - tolerance)} to ${formatDuration(wantedMs + tolerance)}.`
  })
}

export function takesLessThan(limitMs: number): Check {
  return each(({ durationMs }) => (durationMs < limitMs ? undefined : `took ${formatDuration(durationMs)}.`))
}

export function takesAtLeast(limitMs: number): Check {
  return each(({ durationMs }) => (durationMs >= limitMs ? undefined : `took ${formatDuration(durationMs)}.`))
}

/** Both ends included. */
export function takesBetween(fromMs: number, toMs: number): Check {
  if (fromMs > toMs)
    throw new StatementFailed(`nothing is between ${formatDuration(fromMs)} and ${formatDuration(toMs)}: the lesser one comes first.`)
  return each(({ durationMs }) => (durationMs >= fromMs && durationMs <= toMs ? undefined : `took ${formatDuration(durationMs)}.`))
}

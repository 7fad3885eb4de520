import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { formatDuration } from '../sentences/duration.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { each } from './check.ts'
import type { Check, CheckContext } from './check.ts'
import { explain, explainHops, withReasons } from './evidence.ts'
import { describeWaits, slowest } from './slowest.ts'

const relativeTolerance = 0.05
/** Scheduling, network and connection setup of a live mesh. */
const wallToleranceMs = 500

/** Within 5 %, or within 500 ms on a wall clock, whichever is more. */
export function takesAbout(wantedMs: number): Check {
  return each((exchange, context) => {
    const { durationMs } = exchange
    const { clock } = context
    const tolerance = Math.max(wantedMs * relativeTolerance, clock === 'wall' ? wallToleranceMs : 0)
    return Math.abs(durationMs - wantedMs) <= tolerance
      ? undefined
      : took(exchange, context, `, wanted ${formatDuration(wantedMs - tolerance)} to ${formatDuration(wantedMs + tolerance)}`)
  })
}

export function takesLessThan(limitMs: number): Check {
  return each((exchange, context) => (exchange.durationMs < limitMs ? undefined : took(exchange, context)))
}

export function takesAtLeast(limitMs: number): Check {
  return each((exchange, context) => (exchange.durationMs >= limitMs ? undefined : took(exchange, context)))
}

/** Both ends included. */
export function takesBetween(fromMs: number, toMs: number): Check {
  if (fromMs > toMs)
    throw new StatementFailed(`nothing is between ${formatDuration(fromMs)} and ${formatDuration(toMs)}: the lesser one comes first.`)
  return each((exchange, context) => (exchange.durationMs >= fromMs && exchange.durationMs <= toMs ? undefined : took(exchange, context)))
}

/** `took 1s: 504.`, and the way that it took: that of what behind it took so long, where something did. */
function took(exchange: Exchange, context: CheckContext, wanted = ''): string {
  const { durationMs, response, error } = exchange
  const answer = response ? String(response.status) : `there was no answer (${error ?? 'closed'})`
  const slow = slowest(exchange)
  const reasons = explainHops(slow, context) || explain(exchange, null, context)
  return withReasons(`took ${formatDuration(durationMs)}${wanted}: ${answer}.${describeWaits(slow)}`, reasons)
}

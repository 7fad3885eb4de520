import type { Difference } from '../difference.ts'
import type { ObservedCase, SingleObservation } from './case.ts'

const timing = /\b(fixedDelay|exponentialDelay|timeout|perTryTimeout|connectTimeout|idleTimeout)\b/i

/** Do delays or timeouts of the case decide how long its calls take? */
export function isTimed(vector: ObservedCase): boolean {
  const text = `${vector.config ?? ''}\n${JSON.stringify(vector.meshConfig ?? {})}`
  const slow = Object.values(vector.behaviour ?? {}).some(({ delay }) => delay !== undefined)
  const impatient = (vector.calls ?? []).some(
    ({ timeout, headers = {} }) => timeout !== undefined || Object.keys(headers).some((name) => /timeout/i.test(name)),
  )
  return slow || impatient || timing.test(text)
}

/** Either 25 ms or 10 %, whichever is more, and what the waits between tries may differ by. */
export function compareDurations(
  wanted: SingleObservation,
  seen: SingleObservation,
  complain: (field: string, wanted: unknown, seen: unknown, note?: string) => Difference,
): Difference[] {
  const tolerance = Math.max(25, wanted.durationMs * 0.1) + backOffBound(Math.max(wanted.reached.length, seen.reached.length) - 1)
  const apart = Math.abs(wanted.durationMs - seen.durationMs)
  return apart <= tolerance ? [] : [complain('durationMs', wanted.durationMs, seen.durationMs, `more than ${Math.round(tolerance)} ms apart`)]
}

/** The wait before the n-th retry is drawn from [0, 25 * 2^(n-1)) ms. Source: Envoy `JitteredExponentialBackOffStrategy`, base 25 ms, at most 250 ms. */
export function backOffBound(retries: number): number {
  let bound = 0
  for (let n = 0; n < retries; n++) bound += Math.min(250, 25 * 2 ** n)
  return bound
}

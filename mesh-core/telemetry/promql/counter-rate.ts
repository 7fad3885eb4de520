import type { Range } from './value.ts'

/**
 * By how much a counter has risen over a window: what its values show, carried on to the ends of the window that they nearly reach. Source: Prometheus,
 * `promql/functions.go` extrapolatedRate.
 * @returns `null` for fewer than two values
 */
export function increaseOf({ points }: Range, startMs: number, endMs: number): number | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || points.length < 2) return null
  const rise = points.reduce(
    (sum, { value }, i) => sum + (i > 0 && value < points[i - 1]!.value ? points[i - 1]!.value : 0),
    last.value - first.value,
  )
  const shownMs = last.atMs - first.atMs
  const betweenMs = shownMs / (points.length - 1)
  const nearMs = betweenMs * 1.1
  let beforeMs = first.atMs - startMs
  let afterMs = endMs - last.atMs
  if (beforeMs >= nearMs) beforeMs = betweenMs / 2
  // A counter has not been below zero.
  if (rise > 0 && first.value >= 0) beforeMs = Math.min(beforeMs, (shownMs * first.value) / rise)
  if (afterMs >= nearMs) afterMs = betweenMs / 2
  return rise * ((shownMs + beforeMs + afterMs) / shownMs)
}

/** Rise between the last two values, for each second. */
export function lastRateOf({ points }: Range): number | null {
  const [before, last] = points.slice(-2)
  if (!before || !last) return null
  const rise = last.value < before.value ? last.value : last.value - before.value
  return rise / ((last.atMs - before.atMs) / 1000)
}

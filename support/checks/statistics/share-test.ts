import { acceptanceRegion, between } from './binomial.ts'

/** What a statement about a share is decided by. */
export interface ErrorRates {
  /** Chance of a false alarm: the share is as wanted, and the test says it is not. */
  readonly alpha: number
  /** Chance of a miss: the share is off by `delta`, and the test says it is as wanted. */
  readonly beta: number
  /** In [0, 1]; 0.1 is ten points. */
  readonly delta: number
}

/** `undecided`: the count fits the wanted share, but would also fit one that is off by `delta` too often. */
export type ShareVerdict = 'as-wanted' | 'off' | 'undecided'

export interface ShareTest {
  readonly verdict: ShareVerdict
  /** Requests that the decision rests on. */
  readonly requests: number
  readonly seen: number
  /** The chance of a miss with so many requests; at most β when the verdict is `as-wanted`. */
  readonly missRate: number
}

/**
 * The exact two-sided binomial test, with a fixed number of requests. A count outside of the acceptance region is a finding whatever
 * their number (its false alarms are bounded by α); one inside is one only if there were enough requests to miss nothing.
 */
export function testShare(seen: number, requests: number, wanted: number, rates: ErrorRates): ShareTest {
  const region = acceptanceRegion({ n: requests, p: wanted }, rates.alpha)
  const missRate = missRateOf(requests, wanted, rates)
  const inside = seen >= region.from && seen <= region.to
  return { verdict: !inside ? 'off' : missRate <= rates.beta ? 'as-wanted' : 'undecided', requests, seen, missRate }
}

/** Shares that are off by `delta`; none beyond 0 and 1. */
export function alternativesTo(wanted: number, delta: number): readonly number[] {
  // What rounding makes of 0.9 + 0.1 must still count as 1.
  return [wanted - delta, wanted + delta].filter((share) => share > -1e-9 && share < 1 + 1e-9).map((share) => Math.min(1, Math.max(0, share)))
}

/** The larger of the chances to accept a share that is `delta` above or below the wanted one; a share beyond 0 or 1 does not occur. */
export function missRateOf(requests: number, wanted: number, { alpha, delta }: ErrorRates): number {
  const region = acceptanceRegion({ n: requests, p: wanted }, alpha)
  const others = alternativesTo(wanted, delta)
  return others.reduce((worst, share) => Math.max(worst, between({ n: requests, p: share }, region.from, region.to)), 0)
}

/** The least number of requests from which on the test misses nothing more often than β; the steps of the discrete test included. */
export function requestsNeeded(wanted: number, rates: ErrorRates): number {
  let enough = 1
  while (missRateOf(enough, wanted, rates) > rates.beta) enough *= 2
  let low = Math.floor(enough / 2)
  while (enough - low > 1) {
    const middle = Math.floor((low + enough) / 2)
    if (missRateOf(middle, wanted, rates) > rates.beta) low = middle
    else enough = middle
  }
  return enough
}

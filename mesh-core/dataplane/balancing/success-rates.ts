import type { FailureRule, OutlierDetection, SuccessRule } from '../../ir/cluster.ts'
import type { Milliseconds } from '../../time/clock.ts'
import { isLocalFailure, statusOf } from './outlier-detection.ts'
import type { TryResult } from './outlier-detection.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Requests of an interval. */
interface Count {
  all: number
  good: number
}

/** What one host has made of its requests; those that never got a connection, and those that broke, may count apart. */
interface Counts {
  readonly answers: Count
  readonly local: Count
}

type Rate = readonly [host: UpstreamHost, percent: number, requests: number]

/** What a cluster's hosts have made of the requests of one interval between two sweeps. Source: Envoy `outlier_detection_impl.cc` SuccessRateAccumulator. */
export class SuccessRates {
  readonly #counts = new Map<UpstreamHost, Counts>()
  /** The sweep that looks at them; `Infinity` while there is nothing to look at. */
  sweepMs: Milliseconds = Infinity

  count(detection: OutlierDetection, host: UpstreamHost, result: TryResult, sweepMs: Milliseconds): void {
    this.sweepMs = sweepMs
    let counts = this.#counts.get(host)
    if (!counts) this.#counts.set(host, (counts = { answers: { all: 0, good: 0 }, local: { all: 0, good: 0 } }))
    if (detection.splitExternalLocalOriginErrors) {
      // A connection that has come about is a success, whatever becomes of the request.
      if (result !== 'connect-failure') add(counts.local, true)
      if (isLocalFailure(result)) return add(counts.local, false)
    }
    add(counts.answers, statusOf(result, detection) < 500)
  }

  /** Who is to be put out, one after the other. What was counted is forgotten. */
  takeFailing({ rates }: OutlierDetection, isIn: (host: UpstreamHost) => boolean): readonly UpstreamHost[] {
    const judged = (kind: keyof Counts): readonly Rate[] =>
      [...this.#counts].flatMap(([host, { [kind]: count }]) =>
        isIn(host) && count.all > 0 ? [[host, (100 * count.good) / count.all, count.all]] : [],
      )
    const [answers, local] = [judged('answers'), judged('local')]
    this.#counts.clear()
    this.sweepMs = Infinity
    return [
      ...outliers(answers, rates?.success ?? null),
      ...failing(answers, rates?.failure ?? null),
      ...outliers(local, rates?.localSuccess ?? null),
      ...failing(local, rates?.localFailure ?? null),
    ]
  }
}

function add(count: Count, isGood: boolean): void {
  count.all++
  if (isGood) count.good++
}

/** Those whose rate lies so many standard deviations below the mean. Source: Envoy `DetectorImpl::processSuccessRateEjections`. */
function outliers(rates: readonly Rate[], rule: SuccessRule | null): readonly UpstreamHost[] {
  if (!rule) return []
  const judged = rates.filter(([, , requests]) => requests >= rule.requestVolume)
  if (judged.length === 0 || judged.length < rule.minimumHosts) return []
  const mean = judged.reduce((sum, [, percent]) => sum + percent, 0) / judged.length
  const variance = judged.reduce((sum, [, percent]) => sum + (percent - mean) ** 2, 0) / judged.length
  const least = mean - (rule.stdevFactor / 1000) * Math.sqrt(variance)
  return judged.flatMap(([host, percent]) => (percent < least ? [host] : []))
}

function failing(rates: readonly Rate[], rule: FailureRule | null): readonly UpstreamHost[] {
  if (!rule) return []
  const judged = rates.filter(([, , requests]) => requests >= rule.requestVolume)
  if (judged.length < rule.minimumHosts) return []
  return judged.flatMap(([host, percent]) => (100 - percent >= rule.threshold ? [host] : []))
}

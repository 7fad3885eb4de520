import type { Cluster, OutlierDetection } from '../../ir/cluster.ts'
import type { Clock, Milliseconds } from '../../time/clock.ts'
import { eject, mayEject, noteResult } from './outlier-detection.ts'
import type { TryResult } from './outlier-detection.ts'
import { SuccessRates } from './success-rates.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Envoy's workers hear of changes of health that follow one another in one message. Envoy `update_merge_window`. */
const mergeWindowMs = 1000

/** Who of a cluster's hosts is out, and since when those who send to it know. */
export class OutlierEjection {
  readonly #clock: Clock
  /** From when sweeps are counted. */
  readonly #startMs: Milliseconds
  #toldMs: Milliseconds = -Infinity
  #nextMs: Milliseconds = Infinity
  readonly #rates = new SuccessRates()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startMs = clock.now()
  }

  /** Is there something to be told by now? */
  get isDue(): boolean {
    return this.#nextMs !== Infinity && this.#clock.now() >= this.#nextMs
  }

  isHealthy(host: UpstreamHost): boolean {
    return host.endpoint.healthy && host.health.ejectedUntil <= this.#clock.now()
  }

  /** @returns whether a host was put out and all are to know at once */
  note({ outlierDetection }: Cluster, hosts: readonly UpstreamHost[], host: UpstreamHost, result: TryResult): boolean {
    if (!outlierDetection) return false
    const now = this.#clock.now()
    if (outlierDetection.rates) this.#rates.count(outlierDetection, host, result, this.#sweepAfter(now, outlierDetection))
    return noteResult(outlierDetection, host.health, result) && this.#putOut(outlierDetection, hosts, host, now)
  }

  /** Is there a sweep that has something to judge, and has its time come? */
  get isSweepDue(): boolean {
    return this.#rates.sweepMs !== Infinity && this.#clock.now() >= this.#rates.sweepMs
  }

  /** @param tell called whenever all are to know who is out */
  sweep({ outlierDetection }: Cluster, hosts: readonly UpstreamHost[], tell: () => void): void {
    const { sweepMs } = this.#rates
    if (!outlierDetection) return
    for (const host of this.#rates.takeFailing(outlierDetection, ({ health }) => health.ejectedUntil <= sweepMs)) {
      if (!this.#putOut(outlierDetection, hosts, host, sweepMs)) continue
      // All knew when it was due, however late somebody asks.
      this.#nextMs = Math.min(this.#nextMs, sweepMs)
      tell()
    }
  }

  #sweepAfter(now: Milliseconds, { intervalMs }: OutlierDetection): Milliseconds {
    return this.#startMs + (Math.floor((now - this.#startMs) / intervalMs) + 1) * intervalMs
  }

  /** @returns whether all are to know at once */
  #putOut(detection: OutlierDetection, hosts: readonly UpstreamHost[], host: UpstreamHost, now: Milliseconds): boolean {
    const ejected = hosts.filter((one) => one.health.ejectedUntil > now)
    if (!hosts.includes(host) || ejected.includes(host) || !mayEject(detection, ejected.length, hosts.length)) return false
    eject(detection, host.health, now, this.#startMs)
    if (now - this.#toldMs > mergeWindowMs) return true
    this.#nextMs = Math.min(this.#nextMs, now + mergeWindowMs)
    return false
  }

  /** All know by now: the next change is a return. What was due may have passed unnoticed since nobody asked. */
  told(hosts: readonly UpstreamHost[]): void {
    const now = this.#clock.now()
    this.#toldMs = Math.min(now, this.#nextMs)
    this.#nextMs = Math.min(Infinity, ...hosts.map(({ health }) => health.ejectedUntil).filter((until) => until > now))
  }
}

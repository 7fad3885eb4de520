import type { HostSet } from './host-set.ts'
import { healthOf, shares } from './priority-load.ts'
import type { UpstreamHost } from './upstream-host.ts'

/**
 * Sends retries to priorities that no try has gone to. It outlives one request's tries alone.
 * Source: Envoy `PreviousPrioritiesRetryPriority`.
 */
export class PreviousPriorities {
  readonly #updateFrequency: number
  #attempted: UpstreamHost[] = []
  #excluded: ReadonlySet<number> = new Set()
  #loads: readonly number[] = []

  /** @param updateFrequency tries between two looks at where they went */
  constructor(updateFrequency: number) {
    this.#updateFrequency = updateFrequency
  }

  note(host: UpstreamHost): void {
    this.#attempted.push(host)
  }

  /** @param usual percent of each priority, for a first try */
  loads(sets: readonly HostSet[], usual: readonly number[]): readonly number[] {
    const count = this.#attempted.length
    if (count < this.#updateFrequency) return usual
    if (count % this.#updateFrequency !== 0) return this.#loads
    const went = this.#attempted.map((host) => sets.findIndex(({ hosts }) => hosts.includes(host)))
    this.#excluded = new Set([...this.#excluded, ...went])
    return this.#adjusted(sets) ?? usual
  }

  /** `null` where all are unhealthy. When every healthy one has been tried, all begin anew. */
  #adjusted(sets: readonly HostSet[]): readonly number[] | null {
    const health = sets.map(({ hosts, healthy }) => healthOf({ hosts: hosts.length, healthy: healthy.length }))
    let left = health.map((one, priority) => (this.#excluded.has(priority) ? 0 : one))
    if (left.every((one) => one === 0)) {
      this.#excluded = new Set()
      this.#attempted = []
      left = health
    }
    const total = left.reduce((sum, one) => sum + one, 0)
    if (total === 0) return null
    this.#loads = shares(left, Math.min(100, total))
    return this.#loads
  }
}

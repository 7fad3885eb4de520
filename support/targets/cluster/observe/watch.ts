import type { Sought, TraceSource } from './span.ts'
import type { Prometheus, Scraped } from './prometheus.ts'
import type { Scope } from './promql-scope.ts'
import { SourceFailure } from './source-failure.ts'
import type { Known } from './trace-hops.ts'

/** Where a run looks for what its mesh has done, besides the answers and its own pods. */
export interface Sources {
  /** In the order in which they are asked. */
  readonly tracers: readonly TraceSource[]
  /** `null` without the API of the cluster. */
  readonly logs: TraceSource | null
  readonly prometheus: Prometheus | null
}

/** The scenario, as far as sources have to know it. */
export interface Scenery extends Known, Pick<Scope, 'real' | 'realNamespace'> {
  /** Of the cluster. */
  readonly namespaces: readonly string[]
}

export interface WatchOptions {
  /** Asked when something is first to be watched. */
  readonly sources: () => Promise<Sources>
  readonly scenery: () => Scenery
}

/** Since when a mesh is watched for one scenario, in whose namespaces, and what of all that was asked verdicts rest on. */
export class Watch {
  readonly #options: WatchOptions
  readonly #used = new Set<string>()
  /** ms since 1970, by our clock, when the requests of the last `When` were about to be sent; `null` before the first. */
  #fromMs: number | null = null
  /** s, by the clock of Prometheus, when the scenario began. */
  #since = 0

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /**
   * Before requests. Before the first one: what the run has sent until now is not to be counted for this scenario.
   * @param lastSentMs when it last did, by our clock; `null` for never
   * @throws MeshSpecError TELEMETRY_FAILED
   */
  async begin(lastSentMs: number | null): Promise<void> {
    const isFirst = this.#fromMs === null
    this.#fromMs = Date.now()
    if (!isFirst) return
    const { prometheus } = await this.sources()
    if (prometheus !== null) this.#since = await this.#beginOf(prometheus, lastSentMs)
  }

  sources(): Promise<Sources> {
    return this.#options.sources()
  }

  get scenery(): Scenery {
    return this.#options.scenery()
  }

  /** ms since 1970: in which the requests of the last `When` were sent. */
  get window(): Pick<Sought, 'fromMs' | 'toMs'> {
    const now = Date.now()
    return { fromMs: this.#fromMs ?? now, toMs: now }
  }

  /** @param since s, by the clock of Prometheus. Default: when the scenario began. */
  scope(since = this.#since): Scope {
    const { namespaces, real, realNamespace } = this.scenery
    return { since, namespaces, real, realNamespace }
  }

  /** Resolves when Prometheus has counted what was sent. @throws SourceFailure */
  async counted(prometheus: Prometheus): Promise<void> {
    await prometheus.scrapedSince(await prometheus.now(), this.#scraped)
  }

  /** A phrase for reports. */
  use(phrase: string): void {
    this.#used.add(phrase)
  }

  get phrases(): readonly string[] {
    return [...this.#used]
  }

  async #beginOf(prometheus: Prometheus, lastSentMs: number | null): Promise<number> {
    try {
      const now = await prometheus.now()
      // By how much its clock differs from ours, and a second for what is on its way.
      if (lastSentMs !== null) await prometheus.scrapedSince(now - (Date.now() - lastSentMs) / 1000 + 1, { ...this.#scraped, pods: [] })
      return await prometheus.now()
    } catch (error) {
      throw error instanceof SourceFailure ? error.toError() : error
    }
  }

  get #scraped(): Scraped {
    const { namespaces, pods } = this.scenery
    return { namespaces: new Set(namespaces), pods: pods.filter(({ sidecar }) => sidecar) }
  }
}

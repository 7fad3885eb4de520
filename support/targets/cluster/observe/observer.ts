import { randomUUID } from 'node:crypto'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import type { Telemetry } from '../../target.ts'
import type { Evidence } from '../evidence.ts'
import type { Pod } from '../pods/pod.ts'
import { edgesOf, edgesQuery, evidenceOfCounts, prometheusPhrase } from './prometheus-evidence.ts'
import { scoped } from './promql-scope.ts'
import { ScenarioTelemetry } from './scenario-telemetry.ts'
import { SourceFailure } from './source-failure.ts'
import { markedAgent, marksOf, traceMarkHeader } from './marks.ts'
import type { TraceSource } from './span.ts'
import { awaitTraces, evidenceOfSpans } from './trace-evidence.ts'
import { Watch } from './watch.ts'
import type { WatchOptions } from './watch.ts'

/** What a source has said instead, as often in a row as it knew nothing: one that is there, and that the mesh does not use, is not waited for again and again. */
const misses = new WeakMap<TraceSource, readonly string[]>()
const mostMisses = 2

/** What sources have told of exchanges, and why they have not of the others. */
export interface Told {
  readonly found: readonly (Evidence | null)[]
  readonly why: string
}

/** Watches a mesh for one scenario, from before its first request on, and tells of each request who took it. */
export class Observer {
  /** Of the same scenario. */
  readonly telemetry: Telemetry
  readonly #watch: Watch
  /** s, by the clock of Prometheus, until when requests were counted as evidence; `null` before any was. */
  #countedUntil: number | null = null

  constructor(options: WatchOptions) {
    this.#watch = new Watch(options)
    this.telemetry = new ScenarioTelemetry(this.#watch)
  }

  /** What verdicts rest on of all that was asked, a phrase each. */
  get phrases(): readonly string[] {
    return this.#watch.phrases
  }

  /** Before requests. @param lastSentMs when the run last sent any, in ms since 1970 by our clock; `null` for never. @throws MeshSpecError TELEMETRY_FAILED */
  begin(lastSentMs: number | null): Promise<void> {
    return this.#watch.begin(lastSentMs)
  }

  /** Headers that a request needs to be found again. @param given by the scenario */
  async marks(given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, string>>> {
    const { tracers, logs } = await this.#watch.sources()
    const names = new Set(Object.keys(given).map((name) => name.toLowerCase()))
    const mark = randomUUID()
    return {
      ...(tracers.length > 0 && !names.has(traceMarkHeader) && { [traceMarkHeader]: mark }),
      ...(logs !== null && !names.has('user-agent') && { 'user-agent': markedAgent(mark) }),
    }
  }

  /**
   * What the sources know of exchanges: the first one that knows of any. Prometheus last: it knows numbers alone.
   * @returns `null` for an exchange of which nothing is known, and why
   */
  async evidence(exchanges: readonly Exchange[], sender: Pod | null): Promise<Told> {
    const { tracers, logs } = await this.#watch.sources()
    const reasons: string[] = []
    for (const source of [...(logs ? [logs] : []), ...tracers]) {
      const missed = misses.get(source) ?? []
      if (missed.length >= mostMisses) {
        reasons.push(`of earlier requests: ${missed.at(-1)}`)
        continue
      }
      const found = await this.#fromTraces(source, exchanges).catch(reasonOf)
      if (typeof found !== 'string' && found.some((one) => one !== null)) {
        misses.delete(source)
        this.#watch.use(source.phrase)
        return { found, why: `of this request nothing is in ${source.name}` }
      }
      const reason = typeof found === 'string' ? found : `nothing of it is in ${source.name}`
      misses.set(source, [...missed, reason])
      reasons.push(reason)
    }
    const counted = await this.#fromCounts(exchanges, sender).catch(reasonOf)
    if (typeof counted === 'string') reasons.push(counted)
    return { found: counted === null || typeof counted === 'string' ? exchanges.map(() => null) : counted, why: reasons.join('; ') }
  }

  async #fromTraces(source: TraceSource, exchanges: readonly Exchange[]): Promise<readonly (Evidence | null)[]> {
    const found = await awaitTraces(source, exchanges.map(marksOf), this.#watch.window)
    return found.map((spans) => spans && evidenceOfSpans(spans, source, this.#watch.scenery))
  }

  async #fromCounts(exchanges: readonly Exchange[], sender: Pod | null): Promise<readonly Evidence[] | null> {
    const { prometheus } = await this.#watch.sources()
    if (!prometheus) return null
    await this.#watch.counted(prometheus)
    const { namespace } = this.#watch.scenery
    const scope = this.#watch.scope(this.#countedUntil ?? undefined)
    const edges = edgesOf(await prometheus.query(scoped(edgesQuery, scope)), namespace)
    if (edges.length === 0) return null
    this.#watch.use(prometheusPhrase)
    // What comes next is counted from here on.
    this.#countedUntil = await prometheus.now()
    return evidenceOfCounts(exchanges, edges, sender && `${namespace(sender.namespace)}/${sender.workload}`)
  }
}

/** A failure is no word about the exchange, and no reason to end the run: it is why nothing is known. */
function reasonOf(error: unknown): string {
  if (error instanceof SourceFailure) return `${error.source} ${error.message}`
  throw error
}

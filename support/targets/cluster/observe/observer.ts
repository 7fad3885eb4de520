import { randomUUID } from 'node:crypto'
import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { StatementFailed } from '../../../failure.ts'
import { NotSupported } from '../../target.ts'
import type { GraphEdge, MetricSample, Telemetry } from '../../target.ts'
import type { Evidence } from '../evidence.ts'
import { markedAgent, markOfAgent } from './access-logs.ts'
import type { Pod } from '../pods/pod.ts'
import type { Prometheus } from './prometheus.ts'
import { edgesOf, edgesQuery, evidenceOfCounts, prometheusPhrase } from './prometheus-evidence.ts'
import { QueryProblem, scoped } from './promql-scope.ts'
import type { Scope } from './promql-scope.ts'
import { SourceFailure } from './source-failure.ts'
import { traceMarkHeader } from './span.ts'
import type { Sought, TraceSource } from './span.ts'
import { awaitTraces, evidenceOfSpans } from './trace-evidence.ts'
import { hopsOfSpans } from './trace-hops.ts'
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

export interface ObserverOptions {
  /** Asked when something is first to be watched. */
  readonly sources: () => Promise<Sources>
  readonly scenery: () => Scenery
}

/** How often a source has known nothing in a row: one that is there, and that the mesh does not use, is not waited for again and again. */
const misses = new WeakMap<TraceSource, number>()
const mostMisses = 2

/** Watches a mesh for one scenario: from before its first request on. */
export class Observer implements Telemetry {
  readonly #options: ObserverOptions
  readonly #used = new Set<string>()
  /** ms since 1970, by our clock, when the requests of the last `When` were about to be sent; `null` before the first. */
  #fromMs: number | null = null
  /** s, by the clock of Prometheus: when the scenario began, and until when requests were counted as evidence. */
  #since = 0
  #evidenceSince = 0

  constructor(options: ObserverOptions) {
    this.#options = options
  }

  /** What verdicts rest on of all that was asked, a phrase each. */
  get phrases(): readonly string[] {
    return [...this.#used]
  }

  /**
   * Before requests. Before the first one: what the run has sent until now is not to be counted for this scenario.
   * @param lastSentMs when it last did, by our clock; `null` for never
   */
  async begin(lastSentMs: number | null): Promise<void> {
    const isFirst = this.#fromMs === null
    this.#fromMs = Date.now()
    if (!isFirst) return
    const { prometheus } = await this.#options.sources()
    if (prometheus === null) return
    await this.#told(async () => {
      const now = await prometheus.now()
      // By how much its clock differs from ours, and a second for what is on its way.
      if (lastSentMs !== null) await prometheus.scrapedSince(now - (Date.now() - lastSentMs) / 1000 + 1, { ...this.#scraped, pods: [] })
      this.#since = this.#evidenceSince = await prometheus.now()
    })
  }

  /** Headers that a request needs to be found again. @param given by the scenario */
  async marks(given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, string>>> {
    const { tracers, logs } = await this.#options.sources()
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
    const { tracers, logs } = await this.#options.sources()
    const reasons: string[] = []
    for (const source of [...(logs ? [logs] : []), ...tracers]) {
      if ((misses.get(source) ?? 0) >= mostMisses) {
        reasons.push(`nothing of earlier requests was in ${source.name}`)
        continue
      }
      const found = await this.#fromTraces(source, exchanges).catch((error: unknown) => reasonOf(error, reasons))
      if (found?.some((one) => one !== null)) {
        misses.delete(source)
        this.#used.add(source.phrase)
        return { found, why: `of this request nothing is in ${source.name}` }
      }
      misses.set(source, (misses.get(source) ?? 0) + 1)
      if (found) reasons.push(`nothing of it is in ${source.name}`)
    }
    const counted = await this.#fromCounts(exchanges, sender).catch((error: unknown) => reasonOf(error, reasons))
    return { found: counted ?? exchanges.map(() => null), why: reasons.join('; ') }
  }

  async query(promql: string): Promise<readonly MetricSample[]> {
    const { prometheus } = await this.#options.sources()
    if (!prometheus) throw new NotSupported('telemetry', 'no Prometheus is known that has counted what was sent; --prometheus names its URL')
    this.#used.add(`metrics of ${prometheus.name}`)
    return this.#told(async () => {
      await this.#counted(prometheus)
      const scope = this.#scopeSince(this.#since)
      const query = scoped(promql, scope)
      if (/\bistio_/.test(promql)) await assertCounts(prometheus, scope)
      const samples = await prometheus.query(query)
      const { text } = this.#options.scenery()
      return samples.map(({ labels, value }) => ({
        labels: Object.fromEntries(Object.entries(labels).map(([name, own]) => [name, text(own)])),
        value,
      }))
    })
  }

  async traces(exchanges: readonly Exchange[]): Promise<readonly (readonly Hop[])[]> {
    const [source] = (await this.#options.sources()).tracers
    if (!source)
      throw new NotSupported('telemetry', 'no Jaeger or Tempo is known that keeps the traces of what was sent; --jaeger and --tempo name their URL')
    this.#used.add(source.phrase)
    return this.#told(async () => {
      const found = await awaitTraces(source, exchanges.map(marksOf), this.#window)
      return found.flatMap((spans) => (spans === null ? [] : [hopsOfSpans(spans, this.#options.scenery())]))
    })
  }

  /** As Kiali draws them, of the sidecars' counters. */
  async edges(): Promise<readonly GraphEdge[]> {
    const samples = await this.query(
      `sum by (reporter, source_app, source_canonical_service, source_workload_namespace, source_version, source_canonical_revision, destination_app, destination_canonical_service, destination_workload_namespace, destination_version, destination_canonical_revision, connection_security_policy) (istio_requests_total)`,
    )
    return samples.map(({ labels }) => ({ from: endOf(labels, 'source'), to: endOf(labels, 'destination') }))
  }

  async #fromTraces(source: TraceSource, exchanges: readonly Exchange[]): Promise<readonly (Evidence | null)[]> {
    const found = await awaitTraces(source, exchanges.map(marksOf), this.#window)
    return found.map((spans) => spans && evidenceOfSpans(spans, source, this.#options.scenery()))
  }

  get #window(): Pick<Sought, 'fromMs' | 'toMs'> {
    const now = Date.now()
    return { fromMs: this.#fromMs ?? now, toMs: now }
  }

  async #fromCounts(exchanges: readonly Exchange[], sender: Pod | null): Promise<readonly Evidence[] | null> {
    const { prometheus } = await this.#options.sources()
    if (!prometheus) return null
    await this.#counted(prometheus)
    const { namespace } = this.#options.scenery()
    const edges = edgesOf(await prometheus.query(scoped(edgesQuery, this.#scopeSince(this.#evidenceSince))), namespace)
    if (edges.length === 0) return null
    this.#used.add(prometheusPhrase)
    // What comes next is counted from here on.
    this.#evidenceSince = await prometheus.now()
    return evidenceOfCounts(exchanges, edges, sender && `${namespace(sender.namespace)}/${sender.workload}`)
  }

  async #counted(prometheus: Prometheus): Promise<void> {
    await prometheus.scrapedSince(await prometheus.now(), this.#scraped)
  }

  get #scraped() {
    const { namespaces, pods } = this.#options.scenery()
    return { namespaces: new Set(namespaces), pods: pods.filter(({ sidecar }) => sidecar) }
  }

  #scopeSince(since: number): Scope {
    const { namespaces, real, realNamespace } = this.#options.scenery()
    return { since, namespaces, real, realNamespace }
  }

  /** A source that fails is neither the mesh's fault nor a reason to pass. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof QueryProblem) throw new StatementFailed(error.message)
      if (error instanceof SourceFailure && (error.status === 400 || error.status === 422))
        throw new StatementFailed(`${error.source} ${error.message}`)
      throw error instanceof SourceFailure ? error.toError() : error
    }
  }
}

/** That there are no data says something of a mesh only where its requests are counted at all. @throws NotSupported */
async function assertCounts(prometheus: Prometheus, scope: Scope): Promise<void> {
  if ((await prometheus.query(scoped('count(istio_requests_total)', scope))).length > 0) return
  const problem = `${prometheus.name} has counted no request of the scenario's workloads: does it scrape their sidecars, and do those keep Istio's metrics?`
  throw new NotSupported('telemetry', problem)
}

/** What sources have told of exchanges, and why they have not of the others. */
export interface Told {
  readonly found: readonly (Evidence | null)[]
  readonly why: string
}

/** By which an exchange is known: the mark that a gateway leaves alone, and the request id, which inside the mesh stays what it is. */
function marksOf({ request: { headers } }: Exchange): readonly string[] {
  const marks = [headers.get(traceMarkHeader), markOfAgent(headers.get('user-agent') ?? ''), headers.get('x-request-id')]
  return [...new Set(marks.filter((mark) => mark !== undefined && mark !== ''))] as string[]
}

function endOf(labels: MetricSample['labels'], end: 'source' | 'destination') {
  const first = (...names: readonly string[]): string =>
    names.map((name) => labels[`${end}_${name}`]).find((one) => one && one !== 'unknown' && one !== 'latest') ?? ''
  return {
    app: first('app', 'canonical_service') || 'unknown',
    namespace: first('workload_namespace'),
    version: first('version', 'canonical_revision'),
  }
}

function reasonOf(error: unknown, reasons: string[]): null {
  if (!(error instanceof SourceFailure)) throw error
  reasons.push(`${error.source} ${error.message}`)
  return null
}

import type { Exchange, Hop } from '../../../../mesh-core/ir/exchange.ts'
import { QueryProblem } from '../../../../mesh-core/telemetry/promql/value.ts'
import { StatementFailed } from '../../../verdicts/failure.ts'
import { edgesOf, edgesQuery } from '../../deployment/service-graph.ts'
import { NotSupported } from '../../target.ts'
import type { GraphEdge, MetricSample, Telemetry } from '../../target.ts'
import type { Prometheus } from './prometheus.ts'
import { scoped } from './promql-scope.ts'
import type { Scope } from './promql-scope.ts'
import { SourceFailure } from './source-failure.ts'
import { marksOf } from './marks.ts'
import { awaitTraces } from './trace-evidence.ts'
import { hopsOfSpans } from './trace-hops.ts'
import type { Watch } from './watch.ts'

/** What statements about metrics, traces and the service graph rest on, of a mesh that is watched. */
export class ScenarioTelemetry implements Telemetry {
  readonly #watch: Watch

  constructor(watch: Watch) {
    this.#watch = watch
  }

  async query(promql: string): Promise<readonly MetricSample[]> {
    const { prometheus } = await this.#watch.sources()
    if (!prometheus) throw new NotSupported('telemetry', 'no Prometheus is known that has counted what was sent; --prometheus names its URL')
    this.#watch.use(`metrics of ${prometheus.name}`)
    return told(async () => {
      await this.#watch.counted(prometheus)
      const scope = this.#watch.scope()
      const query = scoped(promql, scope)
      if (/\bistio_/.test(promql)) await assertCounts(prometheus, scope)
      const samples = await prometheus.query(query)
      const { text } = this.#watch.scenery
      return samples.map(({ labels, value }) => ({
        labels: Object.fromEntries(Object.entries(labels).map(([name, own]) => [name, text(own)])),
        value,
      }))
    })
  }

  async traces(exchanges: readonly Exchange[]): Promise<readonly (readonly Hop[])[]> {
    const [source] = (await this.#watch.sources()).tracers
    if (!source)
      throw new NotSupported('telemetry', 'no Jaeger or Tempo is known that keeps the traces of what was sent; --jaeger and --tempo name their URL')
    this.#watch.use(source.phrase)
    return told(async () => {
      const found = await awaitTraces(source, exchanges.map(marksOf), this.#watch.window)
      return found.flatMap((spans) => (spans === null ? [] : [hopsOfSpans(spans, this.#watch.scenery)]))
    })
  }

  async edges(): Promise<readonly GraphEdge[]> {
    return edgesOf(await this.query(edgesQuery))
  }
}

/** A source that fails is neither the mesh's fault nor a reason to pass; a question that it does not understand is the scenario's. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof QueryProblem) throw new StatementFailed(error.message)
    if (error instanceof SourceFailure && (error.status === 400 || error.status === 422))
      throw new StatementFailed(`${error.source} ${error.message}`)
    throw error instanceof SourceFailure ? error.toError() : error
  }
}

/** That there are no data says something of a mesh only where its requests are counted at all. @throws NotSupported */
async function assertCounts(prometheus: Prometheus, scope: Scope): Promise<void> {
  if ((await prometheus.query(scoped('count(istio_requests_total)', scope))).length > 0) return
  const problem = `${prometheus.name} has counted no request of the scenario's workloads: does it scrape their sidecars, and do those keep Istio's metrics?`
  throw new NotSupported('telemetry', problem)
}

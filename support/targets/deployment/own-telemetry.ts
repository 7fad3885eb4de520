import type { Exchange, Hop } from '../../../mesh-core/ir/exchange.ts'
import type { Registry } from '../../../mesh-core/registry/registry.ts'
import { query } from '../../../mesh-core/telemetry/promql/evaluate.ts'
import { QueryNotModelled, QueryProblem } from '../../../mesh-core/telemetry/promql/value.ts'
import { momentOf, requestSeries } from '../../../mesh-core/telemetry/request-series.ts'
import { countedRequests } from '../../../mesh-core/telemetry/standard-metrics.ts'
import { StatementFailed } from '../../failure.ts'
import { edgesOf, edgesQuery } from './service-graph.ts'
import { NotSupported } from '../target.ts'
import type { GraphEdge, MetricSample, Telemetry } from '../target.ts'

/** Metrics, traces and the graph of a mesh that keeps what its proxies have logged of each request. */
export class OwnTelemetry implements Telemetry {
  readonly #registry: () => Registry
  readonly #now: () => number
  /** With those who stood where the request went: they may be gone when a question comes up, by which copies of it have ended, too. */
  readonly #kept: { readonly exchange: Exchange; readonly registry: Registry }[] = []

  /** @param now in the time of the exchanges' access logs */
  constructor(registry: () => Registry, now: () => number) {
    this.#registry = registry
    this.#now = now
  }

  note(exchange: Exchange): Exchange {
    this.#kept.push({ exchange, registry: this.#registry() })
    return exchange
  }

  async query(promql: string): Promise<readonly MetricSample[]> {
    try {
      const requests = this.#kept.flatMap(({ exchange, registry }) => countedRequests(exchange, registry))
      return query(promql, requestSeries(requests), momentOf(this.#now()))
    } catch (error) {
      if (error instanceof QueryProblem) throw new StatementFailed(error.message)
      if (error instanceof QueryNotModelled) throw new NotSupported('telemetry', error.message)
      throw error
    }
  }

  async traces(exchanges: readonly Exchange[]): Promise<readonly (readonly Hop[])[]> {
    return exchanges.map(({ hops }) => hops.map(asTraced)).filter((hops) => hops.some(({ to }) => to !== null))
  }

  async edges(): Promise<readonly GraphEdge[]> {
    return edgesOf(await this.query(edgesQuery))
  }
}

/** Only proxies tell of what they see. */
function asTraced(hop: Hop): Hop {
  return hop.log || hop.inbound ? hop : { ...hop, to: null, app: null, version: null }
}

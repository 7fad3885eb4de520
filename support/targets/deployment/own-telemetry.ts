import type { AccessLogEntry, Exchange, Hop } from '../../../mesh-core/ir/exchange.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import { workloadOf } from '../../../mesh-core/telemetry/standard-metrics.ts'
import { edgesOf, edgesQuery } from './service-graph.ts'
import type { GraphEdge, MetricSample, Telemetry } from '../target.ts'

/** What is asked of a mesh. */
type Told = Pick<Mesh, 'registry' | 'telemetryOf'>

/** An exchange with the mesh as it was: who stood where the request went may be gone when a question comes up, by which copies of it have ended, too. */
export type KeptExchange = Told & { readonly exchange: Exchange }

/** Metrics, traces and the graph of a mesh that keeps what its proxies have logged of each request. */
export class OwnTelemetry implements Telemetry {
  readonly #mesh: Told
  readonly #now: () => number
  #kept: KeptExchange[] = []

  /** @param now in the time of the exchanges' access logs */
  constructor(mesh: Told, now: () => number) {
    this.#mesh = mesh
    this.#now = now
  }

  note(exchange: Exchange): Exchange {
    const { registry, telemetryOf } = this.#mesh
    this.#kept.push({ exchange, registry, telemetryOf })
    return exchange
  }

  leaveOut(exchanges: readonly Exchange[]): void {
    const left = new Set(exchanges)
    if (left.size > 0) this.#kept = this.#kept.filter(({ exchange }) => !left.has(exchange))
  }

  /** Parsers of PromQL and CEL are loaded when somebody asks. */
  async query(promql: string): Promise<readonly MetricSample[]> {
    return (await import('./metrics-query.ts')).queryMetrics(promql, this.#kept, this.#now())
  }

  async traces(exchanges: readonly Exchange[]): Promise<readonly (readonly Hop[])[]> {
    return exchanges.map((exchange) => this.#traced(exchange)).filter((hops) => hops.some(({ to }) => to !== null))
  }

  /** Only proxies tell of what they see. */
  #traced(exchange: Exchange): readonly Hop[] {
    const { registry, telemetryOf } = this.#kept.find((one) => one.exchange === exchange) ?? this.#mesh
    const tells = (log: AccessLogEntry | null, side: 'client' | 'server'): boolean => {
      const own = log && workloadOf(log, registry)
      return log !== null && (!own || telemetryOf(own)[side].reportsSpans)
    }
    return exchange.hops.map((hop) =>
      tells(hop.log, 'client') || tells(hop.inbound, 'server') ? hop : { ...hop, to: null, app: null, version: null },
    )
  }

  async edges(): Promise<readonly GraphEdge[]> {
    return edgesOf(await this.query(edgesQuery))
  }
}

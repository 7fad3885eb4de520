import { query } from '../../../mesh-core/telemetry/promql/evaluate.ts'
import { QueryNotModelled, QueryProblem } from '../../../mesh-core/telemetry/promql/value.ts'
import { momentOf, requestSeries } from '../../../mesh-core/telemetry/request-series.ts'
import { reportedRequests } from '../../../mesh-core/telemetry/reported-requests.ts'
import { countedRequests } from '../../../mesh-core/telemetry/standard-metrics.ts'
import { StatementFailed } from '../../verdicts/failure.ts'
import { NotSupported } from '../target.ts'
import type { MetricSample } from '../target.ts'
import type { KeptExchange } from './own-telemetry.ts'

/**
 * What proxies have counted of exchanges.
 * @param now ms, in the time of the exchanges' access logs
 * @throws StatementFailed for a query that Prometheus refuses; NotSupported for one that is not modelled
 */
export function queryMetrics(promql: string, kept: readonly KeptExchange[], now: number): readonly MetricSample[] {
  try {
    const requests = kept.flatMap(({ exchange, registry, telemetryOf }) =>
      countedRequests(exchange, registry).flatMap((counted) => reportedRequests(counted, telemetryOf)),
    )
    return query(promql, requestSeries(requests), momentOf(now))
  } catch (error) {
    if (error instanceof QueryProblem) throw new StatementFailed(error.message)
    if (error instanceof QueryNotModelled) throw new NotSupported('telemetry', error.message)
    throw error
  }
}

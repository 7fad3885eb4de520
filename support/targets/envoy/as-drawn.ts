import { describeCluster } from '../../../mesh-core/dataplane/upstream/describe-cluster.ts'
import type { AccessLogEntry, Decision } from '../../../mesh-core/ir/exchange.ts'

/** What the model, which has each request answered at once, does not come to. Source: Envoy `source/common/stream_info/utility.h` ResponseCodeDetails. */
const timeouts: Readonly<Record<string, string>> = {
  response_timeout: 'no answer within the timeout',
  upstream_per_try_timeout: 'no answer within perTryTimeout',
}

/** The model's decision with what Envoy has drawn, where the two may have drawn otherwise, and with the time that it took. */
export function asDrawn(decision: Decision, log: Pick<AccessLogEntry, 'status' | 'details' | 'cluster'> | null): Decision {
  const { odds, draws = [] } = decision
  if (log === null) return decision
  if (log.details in timeouts) return { ...decision, outcome: `${log.status}: ${timeouts[log.details]}` }
  if (draws.length === 0) return decision
  if (log.details === 'fault_filter_abort') return { ...decision, outcome: `${log.status}: aborted by the rule's fault` }
  const isForwarded = log.details === 'via_upstream' && odds.some(({ cluster }) => cluster === log.cluster)
  if (!isForwarded) return decision
  const weights = draws.find(({ kind }) => kind === 'weight')
  return { ...decision, outcome: `→ ${describeCluster(log.cluster)}${weights ? `, one of ${weights.text}` : ''}` }
}

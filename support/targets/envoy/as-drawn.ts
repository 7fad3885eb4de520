import { describeCluster } from '../../../mesh-core/dataplane/describe-cluster.ts'
import type { AccessLogEntry, Decision } from '../../../mesh-core/ir/exchange.ts'

/** The model's decision with what Envoy has drawn, where the two may have drawn otherwise. */
export function asDrawn(decision: Decision, log: Pick<AccessLogEntry, 'status' | 'details' | 'cluster'> | null): Decision {
  const { odds, draws = [] } = decision
  if (log === null || draws.length === 0) return decision
  if (log.details === 'fault_filter_abort') return { ...decision, outcome: `${log.status}: aborted by the rule's fault` }
  const isForwarded = log.details === 'via_upstream' && odds.some(({ cluster }) => cluster === log.cluster)
  if (!isForwarded) return decision
  const weights = draws.find(({ kind }) => kind === 'weight')
  return { ...decision, outcome: `→ ${describeCluster(log.cluster)}${weights ? `, one of ${weights.text}` : ''}` }
}

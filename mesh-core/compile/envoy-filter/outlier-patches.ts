import { durationMs, int, message, type Message } from '../../envoy/fields.ts'
import type { OutlierDetection } from '../../ir/cluster.ts'

/** Envoy's own: five failures in a row, of a gateway none. Source: Envoy `outlier_detection.proto`. */
const usual: OutlierDetection = {
  consecutive5xx: 5,
  consecutiveGatewayFailure: null,
  consecutiveLocalOriginFailure: null,
  splitExternalLocalOriginErrors: false,
  intervalMs: 10_000,
  baseEjectionTimeMs: 30_000,
  maxEjectionPercent: 10,
}
const usualCount = 5

/** Merged into what a rule says; without one what it leaves out is as Envoy has it. Source: Istio `core/envoyfilter/cluster_patch.go`. */
export function mergedOutliers(known: OutlierDetection | null, value: unknown): OutlierDetection {
  const told = message(value, 'outlier_detection')
  const before = known ?? usual
  const split = told['split_external_local_origin_errors'] === true || before.splitExternalLocalOriginErrors
  return {
    ...before,
    consecutive5xx: count(told, 'consecutive_5xx', before.consecutive5xx),
    consecutiveGatewayFailure: count(told, 'consecutive_gateway_failure', before.consecutiveGatewayFailure),
    consecutiveLocalOriginFailure: split ? count(told, 'consecutive_local_origin_failure', before.consecutiveLocalOriginFailure ?? usualCount) : null,
    splitExternalLocalOriginErrors: split,
    intervalMs: durationMs(told['interval']) ?? before.intervalMs,
    baseEjectionTimeMs: durationMs(told['base_ejection_time']) ?? before.baseEjectionTimeMs,
    maxEjectionPercent: told['max_ejection_percent'] === undefined ? before.maxEjectionPercent : int(told['max_ejection_percent']),
  }
}

/** One that is not enforced stays so, unless the patch has it enforced. */
function count(told: Message, name: string, before: number | null): number | null {
  const enforcing = told[`enforcing_${name}`]
  const isEnforced = enforcing === undefined ? before !== null : int(enforcing) > 0
  return isEnforced ? (told[name] === undefined ? (before ?? usualCount) : int(told[name])) : null
}

import { durationMs, int, message, type Message } from '../../envoy/fields.ts'
import type { FailureRule, OutlierDetection, OutlierRates, SuccessRule } from '../../ir/cluster.ts'

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
const usualSuccess: SuccessRule = { minimumHosts: 5, requestVolume: 100, stdevFactor: 1900 }
const usualFailure: FailureRule = { threshold: 85, minimumHosts: 5, requestVolume: 50 }
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
    ...ratesOf(told, known, split),
  }
}

/** Envoy judges rates of success where nobody has it otherwise. istiod has, wherever a rule says anything; of failures of connections where a rule has them apart. */
function ratesOf(told: Message, known: OutlierDetection | null, splits: boolean): { readonly rates?: OutlierRates } {
  const isEnforced = (name: string, isUsual: boolean): boolean => {
    const enforcing = told[`enforcing_${name}`]
    return enforcing === undefined ? isUsual : int(enforcing) > 0
  }
  const number = (name: string, before: number): number => (told[name] === undefined ? before : int(told[name]))
  const success: SuccessRule = {
    minimumHosts: number('success_rate_minimum_hosts', usualSuccess.minimumHosts),
    requestVolume: number('success_rate_request_volume', usualSuccess.requestVolume),
    stdevFactor: number('success_rate_stdev_factor', usualSuccess.stdevFactor),
  }
  const failure: FailureRule = {
    threshold: number('failure_percentage_threshold', usualFailure.threshold),
    minimumHosts: number('failure_percentage_minimum_hosts', usualFailure.minimumHosts),
    requestVolume: number('failure_percentage_request_volume', usualFailure.requestVolume),
  }
  const rates = {
    success: isEnforced('success_rate', known === null) ? success : null,
    localSuccess: splits && isEnforced('local_origin_success_rate', known?.splitExternalLocalOriginErrors !== true) ? success : null,
    failure: isEnforced('failure_percentage', false) ? failure : null,
    localFailure: splits && isEnforced('failure_percentage_local_origin', false) ? failure : null,
  }
  return Object.values(rates).some((rule) => rule !== null) ? { rates } : {}
}

/** One that is not enforced stays so, unless the patch has it enforced. */
function count(told: Message, name: string, before: number | null): number | null {
  const enforcing = told[`enforcing_${name}`]
  const isEnforced = enforcing === undefined ? before !== null : int(enforcing) > 0
  return isEnforced ? (told[name] === undefined ? (before ?? usualCount) : int(told[name])) : null
}

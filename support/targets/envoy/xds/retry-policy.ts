import type { RetryPolicy } from '../../../../mesh-core/ir/route.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { headerMatcher } from './route-match.ts'

/** Envoy's own default, which istiod leaves unsaid. */
const defaultBackOff = { baseMs: 25, maxMs: 250 }

const previousHosts = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typed_config: typed('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
}

function previousPriorities(updateFrequency: number): Json {
  const type = 'envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig'
  return { name: 'envoy.retry_priorities.previous_priorities', typed_config: typed(type, { update_frequency: updateFrequency }) }
}

/** Source: Envoy `RetryPolicy`. */
export function retryPolicy(policy: RetryPolicy): Json {
  const { baseMs, maxMs } = policy.backOff
  const usual = baseMs === defaultBackOff.baseMs && maxMs === defaultBackOff.maxMs
  return {
    retry_on: policy.retryOn.join(','),
    num_retries: policy.numRetries,
    ...optional('per_try_timeout', policy.perTryTimeoutMs === null ? null : duration(policy.perTryTimeoutMs)),
    ...optional('retriable_status_codes', policy.retriableStatusCodes),
    ...optional('retriable_headers', policy.retriableHeaders?.map(headerMatcher)),
    ...(usual ? {} : { retry_back_off: { base_interval: duration(baseMs), max_interval: duration(maxMs) } }),
    ...(policy.hostSelectionAttempts > 0
      ? { retry_host_predicate: [previousHosts], host_selection_retry_max_attempts: String(policy.hostSelectionAttempts) }
      : {}),
    ...(policy.previousPriorities ? { retry_priority: previousPriorities(policy.previousPriorities) } : {}),
  }
}

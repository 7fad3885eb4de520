import { durationMs, int, message, text, texts, type Message } from '../../envoy/fields.ts'
import type { RetryPolicy, Route } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

/** Without a policy of istiod's own Envoy's defaults hold. Source: Envoy `RetryPolicy`. */
const untold: RetryPolicy = {
  ...{ numRetries: 1, retryOn: [], retriableStatusCodes: [], perTryTimeoutMs: null },
  ...{ backOff: { baseMs: 25, maxMs: 250 }, hostSelectionAttempts: 0 },
}

export function mergeRetries(known: RetryPolicy | null, value: Message): RetryPolicy {
  const conditions = text(value['retry_on'])
  const codes = texts(value['retriable_status_codes']).map(Number)
  return {
    ...(known ?? untold),
    ...(conditions !== null && { retryOn: conditions.split(',').map((condition) => condition.trim()) }),
    ...(codes.length > 0 && { retriableStatusCodes: [...(known?.retriableStatusCodes ?? []), ...codes] }),
    ...(value['num_retries'] !== undefined && { numRetries: int(value['num_retries']) }),
    ...(value['per_try_timeout'] !== undefined && { perTryTimeoutMs: durationMs(value['per_try_timeout']) || null }),
  }
}

/** What a host says of retries is for those of its routes that say nothing. Source: Envoy `RouteEntryImplBase::buildRetryPolicy`. */
export function withRetriesOfHost(routes: readonly Route[], patches: readonly EnvoyPatch[]): readonly Route[] {
  const policies = patches.map(({ value }) => message(value, 'value')['retry_policy']).filter((policy) => policy !== undefined)
  if (policies.length === 0) return routes
  const retry = policies.reduce<RetryPolicy | null>((known, policy) => mergeRetries(known, message(policy, 'value.retry_policy')), null)
  return routes.map((route) => {
    const { action } = route
    return action.kind === 'forward' && action.retry === null ? { ...route, action: { ...action, retry } } : route
  })
}

import { durationMs, int, message, messages, text, texts, type Message } from '../../envoy/fields.ts'
import { readHeaderMatch } from '../../envoy/matchers.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Refusal, RetryPolicy, Route } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

/** Without a policy of istiod's own Envoy's defaults hold. Source: Envoy `RetryPolicy`. */
const untold: RetryPolicy = {
  ...{ numRetries: 1, retryOn: [], retriableStatusCodes: [], perTryTimeoutMs: null },
  ...{ backOff: { baseMs: 25, maxMs: 250 }, hostSelectionAttempts: 0 },
}

export interface MergedRetries {
  readonly retry: RetryPolicy
  readonly refusal: Refusal | null
}

export function mergeRetries(known: RetryPolicy | null, value: Message, origin: Origin): MergedRetries {
  const conditions = text(value['retry_on'])
  const codes = texts(value['retriable_status_codes']).map(Number)
  const headers = messages(value['retriable_headers'], 'retriable_headers').map((one) => readHeaderMatch(one, 'retriable_headers', origin))
  const { backOff, refusal } = mergeBackOff((known ?? untold).backOff, value['retry_back_off'])
  const retry = {
    ...(known ?? untold),
    ...(conditions !== null && { retryOn: conditions.split(',').map((condition) => condition.trim()) }),
    ...(codes.length > 0 && { retriableStatusCodes: [...(known?.retriableStatusCodes ?? []), ...codes] }),
    ...(headers.length > 0 && { retriableHeaders: [...(known?.retriableHeaders ?? []), ...headers] }),
    ...(value['num_retries'] !== undefined && { numRetries: int(value['num_retries']) }),
    ...(value['per_try_timeout'] !== undefined && { perTryTimeoutMs: durationMs(value['per_try_timeout']) || null }),
    ...{ backOff, hostSelectionAttempts: attemptsAfter(known?.hostSelectionAttempts ?? 0, value) },
  }
  return { retry, refusal }
}

/** How often it looks for a host says nothing where any is right. Once, unless more is said. Source: Envoy `RetryPolicy.host_selection_retry_max_attempts`. */
function attemptsAfter(known: number, value: Message): number {
  const looks = known > 0 || messages(value['retry_host_predicate'], 'retry_host_predicate').length > 0
  return looks ? int(value['host_selection_retry_max_attempts']) || known || 1 : 0
}

/** Source: Envoy `RetryPolicy.RetryBackOff` and its constraints, and `RetryPolicyImpl`. */
function mergeBackOff(known: RetryPolicy['backOff'], value: unknown): { readonly backOff: RetryPolicy['backOff']; readonly refusal: Refusal | null } {
  if (value === undefined) return { backOff: known, refusal: null }
  const told = message(value, 'retry_back_off')
  const isSaid = known.baseMs !== untold.backOff.baseMs || known.maxMs !== untold.backOff.maxMs
  const baseMs = durationMs(told['base_interval']) ?? (isSaid ? known.baseMs : 0)
  const maxMs = durationMs(told['max_interval']) ?? (isSaid ? known.maxMs : 10 * baseMs)
  const refusal: Refusal | null =
    baseMs <= 0 || maxMs <= 0
      ? { reason: 'a retry_back_off needs a base_interval above 0', spoils: 'message' }
      : maxMs < baseMs
        ? { reason: 'max_interval of a retry_back_off is shorter than its base_interval', spoils: 'table' }
        : null
  return { backOff: { baseMs, maxMs }, refusal }
}

/** What a host says of retries is for those of its routes that say nothing. Source: Envoy `RouteEntryImplBase::buildRetryPolicy`. */
export function withRetriesOfHost(routes: readonly Route[], patches: readonly EnvoyPatch[]): readonly Route[] {
  const told = patches.flatMap(({ value, origin }) => {
    const policy = message(value, 'value')['retry_policy']
    return policy === undefined ? [] : [{ policy: message(policy, 'value.retry_policy'), origin }]
  })
  if (told.length === 0) return routes
  const merged = told.reduce<MergedRetries | null>((known, { policy, origin }) => {
    const next = mergeRetries(known?.retry ?? null, policy, origin)
    return { ...next, refusal: known?.refusal ?? next.refusal }
  }, null)!
  return routes.map((route) => {
    const { action } = route
    const retried = action.kind === 'forward' && action.retry === null ? { ...route, action: { ...action, retry: merged.retry } } : route
    return merged.refusal === null ? retried : { ...retried, refusal: retried.refusal ?? merged.refusal }
  })
}

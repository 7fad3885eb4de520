import type { HttpResponse } from '../ir/message.ts'
import type { RetryPolicy } from '../ir/route.ts'
import type { Random } from '../time/random.ts'

/** Why a try ended without an answer. */
export type Reset =
  /** Nobody listens at the endpoint. */
  | 'connect-failure'
  /** The endpoint closed the connection before it answered. */
  | 'closed'
  /** It ended the stream of HTTP/2, and kept the connection. */
  | 'stream-reset'
  /** Too many requests were under way; never retried. */
  | 'overflow'
  /** The proxy gave the try up, for its own limit in time. */
  | 'per-try-timeout'

export interface RetryConditions {
  readonly policy: RetryPolicy
  retriesReset(reset: Reset): boolean
  retriesAnswer(response: HttpResponse): boolean
}

/** Each policy is compiled once: a sidecar asks for every request that comes in. */
const compiled = new WeakMap<RetryPolicy, RetryConditions>()

/** @returns `null` where nothing is ever retried. Source: Envoy `RetryStateImpl::wouldRetryFromHeaders`, `wouldRetryFromReset`. */
export function compileRetry(policy: RetryPolicy | null): RetryConditions | null {
  if (!policy || policy.numRetries === 0) return null
  let conditions = compiled.get(policy)
  if (!conditions) compiled.set(policy, (conditions = conditionsOf(policy)))
  return conditions
}

function conditionsOf(policy: RetryPolicy): RetryConditions {
  const on = new Set(policy.retryOn)
  // An answer that never comes ends as a 5xx for the client, so it counts as one here.
  const onAnyReset = on.has('reset') || on.has('5xx') || on.has('gateway-error')
  const onConnectFailure = onAnyReset || on.has('connect-failure') || on.has('reset-before-request')
  const codes = new Set(on.has('retriable-status-codes') ? policy.retriableStatusCodes : [])
  const grpc = new Set([...on].flatMap((condition) => grpcStatuses[condition] ?? []))
  return {
    policy,
    retriesReset: (reset) => reset !== 'overflow' && (reset === 'connect-failure' ? onConnectFailure : onAnyReset),
    retriesAnswer: ({ status, headers }) =>
      codes.has(status) ||
      (status >= 500 && (on.has('5xx') || (on.has('gateway-error') && status >= 502 && status <= 504))) ||
      (status === 409 && on.has('retriable-4xx')) ||
      (grpc.size > 0 && grpc.has(headers.get('grpc-status') ?? '')),
  }
}

const grpcStatuses: Readonly<Record<string, string>> = {
  cancelled: '1',
  'deadline-exceeded': '4',
  'resource-exhausted': '8',
  internal: '13',
  unavailable: '14',
}

/**
 * Whole ms before the n-th retry (1 for the first): uniform below a bound that doubles from the base up to the maximum.
 * Source: Envoy `JitteredExponentialBackOffStrategy`.
 */
export function backOffMs({ backOff }: RetryPolicy, retry: number, random: Random): number {
  return random.below(Math.min(backOff.baseMs * 2 ** (retry - 1), backOff.maxMs))
}

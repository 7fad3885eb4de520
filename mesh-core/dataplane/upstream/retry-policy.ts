import { bytesOf } from '../../ir/message.ts'
import type { Headers, HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { RetryPolicy } from '../../ir/route.ts'
import { compileHeaderMatch } from '../../match/header.ts'
import type { Random } from '../../time/random.ts'

/** Why a try ended without an answer. */
export type Reset =
  /** Nobody listens at the endpoint. */
  | 'connect-failure'
  /** The endpoint closed the connection before it answered. */
  | 'closed'
  /** It ended the stream of HTTP/2, and kept the connection. */
  | 'stream-reset'
  /** The answer of HTTP/1.1 breaks the rules that the proxy goes by. */
  | 'protocol-error'
  /** Too many requests were under way; never retried. */
  | 'overflow'
  /** The proxy gave the try up, for its own limit in time. */
  | 'per-try-timeout'
  /** The request has a header whose name is none; never retried. */
  | 'wrong-header'

export interface RetryConditions {
  readonly policy: RetryPolicy
  retriesReset(reset: Reset): boolean
  /** `early`: who sends says that the request came before a handshake was over, and has to be told that this is too early. */
  retriesAnswer(response: HttpResponse, early: boolean): boolean
}

const tooEarly = 425

/** Each policy is compiled once: a sidecar asks for every request that comes in. */
const compiled = new WeakMap<RetryPolicy, RetryConditions>()

/** What a request itself asks for, as only the route may have written it: a client's are taken away before. */
const asked = {
  on: 'x-envoy-retry-on',
  grpcOn: 'x-envoy-retry-grpc-on',
  max: 'x-envoy-max-retries',
  codes: 'x-envoy-retriable-status-codes',
  headerNames: 'x-envoy-retriable-header-names',
} as const

/** Without a policy of the route: one more try, and no other endpoint is looked for. */
const noPolicy: RetryPolicy = {
  numRetries: 1,
  retryOn: [],
  retriableStatusCodes: [],
  perTryTimeoutMs: null,
  backOff: { baseMs: 25, maxMs: 250 },
  hostSelectionAttempts: 0,
}

/** The route's policy and what the request asks for besides, which is taken out of its headers. Source: Envoy `RetryStateImpl`. */
export function takeRetry(route: RetryConditions | null, headers: Headers): RetryConditions | null {
  const values = Object.fromEntries(Object.entries(asked).map(([key, name]) => [key, headers.get(name)])) as Record<
    keyof typeof asked,
    string | undefined
  >
  for (const name of [...Object.values(asked), 'x-envoy-hedge-on-per-try-timeout', 'x-envoy-upstream-rq-per-try-timeout-ms']) headers.remove(name)
  if (route === null && values.on === undefined && values.grpcOn === undefined) return null
  if (Object.values(values).every((value) => value === undefined)) return route
  const policy = route?.policy ?? noPolicy
  const max = Number(values.max ?? '')
  return conditionsOf(
    {
      ...policy,
      numRetries: values.max !== undefined && Number.isInteger(max) ? max : policy.numRetries,
      retryOn: [...policy.retryOn, ...listed(values.on), ...listed(values.grpcOn)],
      retriableStatusCodes: [...policy.retriableStatusCodes, ...listed(values.codes).map(Number)],
    },
    listed(values.headerNames),
  )
}

function listed(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** @returns `null` where nothing is ever retried. Source: Envoy `RetryStateImpl::wouldRetryFromHeaders`, `wouldRetryFromReset`. */
export function compileRetry(policy: RetryPolicy | null): RetryConditions | null {
  if (!policy || policy.numRetries === 0) return null
  let conditions = compiled.get(policy)
  if (!conditions) compiled.set(policy, (conditions = conditionsOf(policy)))
  return conditions
}

function conditionsOf(policy: RetryPolicy, headerNames: readonly string[] = []): RetryConditions {
  const on = new Set(policy.retryOn)
  // An answer that never comes ends as a 5xx for the client, so it counts as one here.
  const onAnyReset = on.has('reset') || on.has('5xx') || on.has('gateway-error')
  const onConnectFailure = onAnyReset || on.has('connect-failure') || on.has('reset-before-request')
  const asksHeaders = on.has('retriable-headers')
  const ofAnswers = asksHeaders ? (policy.retriableHeaders ?? []).map(compileHeaderMatch) : []
  const codes = new Set(on.has('retriable-status-codes') ? policy.retriableStatusCodes : [])
  const grpc = new Set([...on].flatMap((condition) => grpcStatuses[condition] ?? []))
  return {
    policy,
    retriesReset: (reset) => reset !== 'overflow' && reset !== 'wrong-header' && (reset === 'connect-failure' ? onConnectFailure : onAnyReset),
    retriesAnswer: ({ status, headers }, early) => {
      // What a limit of rates has refused is tried again where that is asked for, and then whatever the status is.
      if (headers.has('x-envoy-ratelimited')) return on.has('envoy-ratelimited')
      return (
        (codes.has(status) && !(status === tooEarly && early)) ||
        (status >= 500 && (on.has('5xx') || (on.has('gateway-error') && status >= 502 && status <= 504))) ||
        (status === 409 && on.has('retriable-4xx')) ||
        (asksHeaders && headerNames.some((name) => headers.has(name))) ||
        ofAnswers.some((matches) => matches({ ...noRequest, headers })) ||
        (grpc.size > 0 && grpc.has(Number(headers.get('grpc-status') || NaN)))
      )
    },
  }
}

/** Conditions on headers are written for those of requests. */
const noRequest: HttpRequest = bytesOf('tcp', '', '')

const grpcStatuses: Readonly<Record<string, number>> = {
  cancelled: 1,
  'deadline-exceeded': 4,
  'resource-exhausted': 8,
  internal: 13,
  unavailable: 14,
}

/**
 * Whole ms before the n-th retry (1 for the first): uniform below a bound that doubles from the base up to the maximum.
 * Source: Envoy `JitteredExponentialBackOffStrategy`.
 */
export function backOffMs({ backOff }: RetryPolicy, retry: number, random: Random): number {
  return random.below(Math.min(backOff.baseMs * 2 ** (retry - 1), backOff.maxMs))
}

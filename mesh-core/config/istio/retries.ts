import type { FieldPath } from '../finding.ts'
import { checkDuration } from './durations.ts'
import type { Fields, Judge } from './judge.ts'
import { suggestion } from '../schema/suggest.ts'

/** What Envoy takes for `x-envoy-retry-on` and `x-envoy-retry-grpc-on`. */
const policies = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]

/** Source: Istio validateHTTPRetry. */
export function checkRetries(retries: Fields | undefined, path: FieldPath, judge: Judge): void {
  if (!retries) return
  const attempts: number = retries.attempts ?? 0
  if (attempts < 0) judge.error('INVALID_VALUE', [...path, 'attempts'], 'attempts cannot be negative')
  if (attempts === 0 && (retries.perTryTimeout !== undefined || retries.retryOn || (retries.retryRemoteLocalities ?? null) !== null))
    judge.error(
      'CONFLICTING_FIELDS',
      path,
      'http retry policy configured when attempts are set to 0 (disabled)',
      'set attempts, or leave the other fields away',
    )
  checkDuration(retries.perTryTimeout, [...path, 'perTryTimeout'], judge)
  checkDuration(retries.backoff, [...path, 'backoff'], judge)
  if (!retries.retryOn) return
  for (const policy of (retries.retryOn as string).split(','))
    if (!isStatus(policy) && !policies.includes(policy))
      judge.error('INVALID_VALUE', [...path, 'retryOn'], `"${policy}" is not a valid retryOn policy`, hintFor(policy))
}

function hintFor(policy: string): string | null {
  return policy !== policy.trim() ? 'write no blanks around the commas' : suggestion(policy, policies)
}

/** A status code that has a name in Go's net/http. */
function isStatus(text: string): boolean {
  return /^\+?0*\d{3}$/.test(text) && statuses.has(Number(text))
}

const statuses = new Set([
  ...range(100, 103),
  ...range(200, 208),
  226,
  ...range(300, 305),
  307,
  308,
  ...range(400, 418),
  ...range(421, 426),
  428,
  429,
  431,
  451,
  ...range(500, 508),
  510,
  511,
])

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

import type { RetryPolicy } from '../../ir/route.ts'
import { durationMs } from '../duration.ts'
import type { HttpRetry } from './virtual-service-types.ts'

/**
 * istiod's default: two more tries, and of HTTP statuses none (503 was taken out in 1.24; `unavailable` and `cancelled` are gRPC's).
 * Envoy's back-off of 25 ms doubles up to ten times itself. Source: Istio `core/route/retry/retry.go` defaultPolicy.
 */
const defaultPolicy: RetryPolicy = {
  numRetries: 2,
  retryOn: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'],
  retriableStatusCodes: [],
  perTryTimeoutMs: null,
  backOff: { baseMs: 25, maxMs: 250 },
  hostSelectionAttempts: 5,
}

/** Without a policy the default acts; `attempts: 0`, or none, switches retries off. Source: the same file, ConvertPolicy. */
export function retryPolicy(retries: HttpRetry | null | undefined, consistentHash: boolean): RetryPolicy | null {
  const base = consistentHash ? { ...defaultPolicy, hostSelectionAttempts: 0 } : defaultPolicy
  if (!retries) return base
  if (!retries.attempts || retries.attempts <= 0) return null
  const conditions = retries.retryOn ? parseRetryOn(retries.retryOn) : base
  const ignorePrevious = retries.retryIgnorePreviousHosts
  return {
    ...base,
    numRetries: retries.attempts,
    retryOn: conditions.retryOn,
    retriableStatusCodes: conditions.retriableStatusCodes,
    perTryTimeoutMs: retries.perTryTimeout ? durationMs(retries.perTryTimeout) : null,
    backOff: retries.backoff ? backOff(durationMs(retries.backoff)) : base.backOff,
    hostSelectionAttempts: ignorePrevious === undefined ? base.hostSelectionAttempts : ignorePrevious ? 5 : 0,
    ...(retries.retryRemoteLocalities && { previousPriorities: 2 }),
  }
}

/** Of a sidecar towards its workload: what failed before the request was sent. Source: the same file, cachedDefaultInboundPolicy. */
const inboundPolicy: RetryPolicy = { ...defaultPolicy, retryOn: ['reset-before-request'], hostSelectionAttempts: 0 }

/** @param retries of the mesh */
export function inboundRetryPolicy(retries: HttpRetry | null): RetryPolicy | null {
  if (!retries) return inboundPolicy
  const policy = retryPolicy(retries, true)
  return policy && !retries.retryOn ? { ...policy, retryOn: inboundPolicy.retryOn } : policy
}

function backOff(baseMs: number): RetryPolicy['backOff'] {
  return { baseMs, maxMs: 10 * baseMs }
}

/** Numbers that are HTTP statuses become `retriable-status-codes`; all else is Envoy's. */
function parseRetryOn(text: string): Pick<RetryPolicy, 'retryOn' | 'retriableStatusCodes'> {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const codes = parts.filter(isStatus).map(Number)
  const conditions = parts.filter((part) => !isStatus(part))
  if (codes.length > 0 && !conditions.some((condition) => condition.includes('retriable-status-codes'))) conditions.push('retriable-status-codes')
  return { retryOn: conditions, retriableStatusCodes: codes }
}

/** The statuses that Go's `http.StatusText` knows. */
const known = /^(10[0-3]|20[0-8]|226|30[0-578]|40\d|41[0-8]|42[1-68]|429|431|451|50[0-8]|51[01])$/

/** Of what Go's `strconv.Atoi` reads: a sign and zeros may stand before. */
function isStatus(part: string): boolean {
  return /^\+?\d+$/.test(part) && known.test(String(Number(part)))
}

import type { CircuitBreaker } from '../ir/cluster.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Whether a request may begin: at once, when a connection is free, or not at all, for too many do already. */
export type Admission = 'now' | 'later' | 'overflow'

/** Istio's default for limits that nobody has set. */
const unlimited = 0xffff_ffff

export function isLimited({ maxConnections, maxPendingRequests, maxRequests }: CircuitBreaker): boolean {
  return maxConnections < unlimited || maxPendingRequests < unlimited || maxRequests < unlimited
}

/**
 * `active` and `pending` are the cluster's. A request of HTTP/1.1 has a connection to itself, and each host gets one in any case.
 * Source: Envoy `ConnPoolImplBase::newStreamImpl`, `tryCreateNewConnection`.
 */
export function admit(breaker: CircuitBreaker, host: UpstreamHost, active: number, pending: number): Admission {
  if (active >= breaker.maxRequests) return 'overflow'
  if (active < breaker.maxConnections || host.active === 0) return 'now'
  return pending < breaker.maxPendingRequests ? 'later' : 'overflow'
}

/** A connection is free: the one who has waited longest gets it. */
export function release(host: UpstreamHost): void {
  host.pending.shift()?.()
}

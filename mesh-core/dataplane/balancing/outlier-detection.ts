import type { OutlierDetection } from '../../ir/cluster.ts'
import type { Milliseconds } from '../../time/clock.ts'

/** What one proxy has seen of one host. */
export interface HostHealth {
  consecutive5xx: number
  consecutiveGatewayFailures: number
  consecutiveLocalFailures: number
  /** The sweep that lets the host in again; `-Infinity` for one that was never put out. */
  ejectedUntil: Milliseconds
  /** Ejections that lengthen the next one. */
  ejections: number
}

export const freshHealth = (): HostHealth => ({
  consecutive5xx: 0,
  consecutiveGatewayFailures: 0,
  consecutiveLocalFailures: 0,
  ejectedUntil: -Infinity,
  ejections: 0,
})

/**
 * How a try ended, as outlier detection sees it. A number is the status of an answer, or that which a gRPC answer stands for; `closed` and `timeout` are of
 * connections that had come about.
 */
export type TryResult = number | { readonly ofGrpc: number } | 'connect-failure' | 'closed' | 'timeout'

/** No ejection is longer, unless the base itself is. Envoy `max_ejection_time`. */
const maxEjectionMs = 300_000

/**
 * Counts a host's failures in a row.
 * @returns whether the host is to be put out, if so many may be
 */
export function noteResult(config: OutlierDetection, health: HostHealth, result: TryResult): boolean {
  // A connection that comes about ends the count of those that did not. Source: Envoy `UpstreamRequest::onPoolReady`.
  if (result !== 'connect-failure') health.consecutiveLocalFailures = 0
  if (isLocalFailure(result) && config.splitExternalLocalOriginErrors)
    return reaches(++health.consecutiveLocalFailures, config.consecutiveLocalOriginFailure) && reset(health)
  // A failure of the proxy's own counts as the status that it tells its client.
  const status = statusOf(result, config)
  if (status < 500) {
    reset(health)
    return false
  }
  health.consecutiveGatewayFailures = status >= 502 && status <= 504 ? health.consecutiveGatewayFailures + 1 : 0
  health.consecutive5xx++
  const ejects = reaches(health.consecutiveGatewayFailures, config.consecutiveGatewayFailure) || reaches(health.consecutive5xx, config.consecutive5xx)
  return ejects && reset(health)
}

export function isLocalFailure(result: TryResult): result is Extract<TryResult, string> {
  return typeof result === 'string'
}

/** Answers to gRPC are not looked up in the list of codes. Seen with Envoy 1.40.0. */
export function statusOf(result: TryResult, config: OutlierDetection): number {
  if (typeof result === 'string') return result === 'timeout' ? 504 : 503
  return typeof result === 'number' ? countedAs(result, config) : result.ofGrpc
}

/** What the list of codes has is a failure, be it below 500, and nothing else is. */
function countedAs(status: number, { errorCodes }: OutlierDetection): number {
  if (!errorCodes) return status
  return errorCodes.includes(status) ? Math.max(status, 500) : 200
}

/** `startMs`: when the proxy got to know the cluster, from which the sweeps are counted. Source: Envoy `DetectorImpl::ejectHost`, `checkHostForUneject`. */
export function eject(config: OutlierDetection, health: HostHealth, now: Milliseconds, startMs: Milliseconds): void {
  // Each sweep that finds the host in place takes one ejection back.
  const sweeps = health.ejectedUntil === -Infinity ? 0 : Math.floor((now - health.ejectedUntil) / config.intervalMs)
  health.ejections = Math.max(0, health.ejections - sweeps) + 1
  const longest = Math.max(maxEjectionMs, config.baseEjectionTimeMs)
  const end = now + Math.min(config.baseEjectionTimeMs * health.ejections, longest)
  health.ejectedUntil = startMs + Math.ceil((end - startMs) / config.intervalMs) * config.intervalMs
}

/** Envoy ejects no host beyond the share, not even the first one. */
export function mayEject(config: OutlierDetection, ejected: number, hosts: number): boolean {
  return 100 * (ejected + 1) <= config.maxEjectionPercent * hosts
}

function reaches(count: number, limit: number | null): boolean {
  return limit !== null && limit > 0 && count >= limit
}

function reset(health: HostHealth): true {
  health.consecutive5xx = health.consecutiveGatewayFailures = health.consecutiveLocalFailures = 0
  return true
}

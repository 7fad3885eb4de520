import type { SlowStart } from '../../ir/cluster.ts'
import type { Clock, Milliseconds } from '../../time/clock.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Part of its weight that a host of this age gets. Source: Envoy `EdfLoadBalancerBase::applySlowStartFactor`. */
export function slowStartFactor({ windowMs, aggression, minimumPercent }: SlowStart, ageMs: Milliseconds): number {
  if (ageMs >= windowMs) return 1
  return Math.max((Math.max(1, ageMs) / windowMs) ** (1 / aggression), minimumPercent / 100)
}

/** Is one of the hosts new? */
export function isSlow(
  hosts: readonly UpstreamHost[],
  { slowStart, clock }: { readonly slowStart: SlowStart | null; readonly clock: Clock },
): boolean {
  return slowStart !== null && hosts.some(({ sinceMs }) => clock.now() - sinceMs <= slowStart.windowMs)
}

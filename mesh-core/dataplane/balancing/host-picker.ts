import type { LoadBalancing, SlowStart } from '../../ir/cluster.ts'
import type { Clock } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import { DeadlineSchedule } from './deadline-schedule.ts'
import { isSlow, slowStartFactor } from './slow-start.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Picks one of a list of hosts; `null` of an empty one. It keeps its place between picks. */
export type HostPicker = () => UpstreamHost | null

export interface PickerSources {
  readonly random: Random
  readonly clock: Clock
  readonly slowStart: SlowStart | null
}

export type SpreadingPolicy = Extract<LoadBalancing, { kind: 'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM' }>

/** Where a round stands; it outlives a change of the hosts. */
export interface Cursor {
  next: number
  /** Where it began. */
  readonly start: number
}

export function hostPicker(policy: SpreadingPolicy, hosts: readonly UpstreamHost[], cursor: Cursor, sources: PickerSources): HostPicker {
  const { random } = sources
  if (hosts.length <= 1) return () => hosts[0] ?? null
  // Envoy's random balancer looks at no weights.
  if (policy.kind === 'RANDOM') return () => hosts[random.below(hosts.length)]!
  if (isWeighted(hosts) || isSlow(hosts, sources)) return byDeadline(hosts, weightFor(policy, sources), cursor)
  return policy.kind === 'ROUND_ROBIN' ? () => hosts[cursor.next++ % hosts.length]! : leastRequest(hosts, policy.choiceCount, random)
}

function isWeighted(hosts: readonly UpstreamHost[]): boolean {
  return hosts.some(({ endpoint }) => endpoint.weight !== hosts[0]!.endpoint.weight)
}

/** Of `choiceCount` hosts drawn with replacement the one with the fewest requests under way. Source: Envoy `LeastRequestLoadBalancer::unweightedHostPick`. */
function leastRequest(hosts: readonly UpstreamHost[], choiceCount: number, random: Random): HostPicker {
  return () => {
    let candidate = hosts[random.below(hosts.length)]!
    for (let i = 1; i < choiceCount; i++) {
      const other = hosts[random.below(hosts.length)]!
      if (other.active < candidate.active) candidate = other
    }
    return candidate
  }
}

/** Source: Envoy hostWeight of `RoundRobinLoadBalancer` and `LeastRequestLoadBalancer`. */
function weightFor(policy: SpreadingPolicy, { slowStart, clock }: PickerSources): (host: UpstreamHost) => number {
  const factor = slowStart ? (host: UpstreamHost) => slowStartFactor(slowStart, clock.now() - host.sinceMs) : () => 1
  if (policy.kind === 'ROUND_ROBIN') return (host) => host.endpoint.weight * factor(host)
  return (host) => (host.endpoint.weight / (host.active + 1)) * factor(host)
}

/** Where the round begins is drawn. Source: Envoy `EdfLoadBalancerBase`. */
function byDeadline(hosts: readonly UpstreamHost[], weightOf: (host: UpstreamHost) => number, { start }: Cursor): HostPicker {
  const schedule = new DeadlineSchedule(hosts, weightOf, start)
  return () => schedule.pick()
}

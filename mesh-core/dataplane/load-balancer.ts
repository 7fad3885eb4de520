import type { Cluster } from '../ir/cluster.ts'
import type { Random } from '../time/random.ts'
import { DeadlineSchedule } from './deadline-schedule.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Picks one of the hosts that may be used; `null` when there are none. */
export type Balancer = (hosts: readonly UpstreamHost[]) => UpstreamHost | null

/** @returns a balancer that keeps its place between picks; `null` for a policy that is not modelled */
export function createBalancer(cluster: Cluster, random: Random): Balancer | null {
  const weighted = cluster.endpoints.some((endpoint) => endpoint.weight !== cluster.endpoints[0]!.weight)
  switch (cluster.loadBalancing.kind) {
    case 'LEAST_REQUEST': {
      const { choiceCount } = cluster.loadBalancing
      return weighted ? byDeadline(random, (host) => host.endpoint.weight / (host.active + 1)) : leastRequest(choiceCount, random)
    }
    case 'ROUND_ROBIN':
      return weighted ? byDeadline(random, (host) => host.endpoint.weight) : roundRobin(random)
    case 'RANDOM':
      return (hosts) => (hosts.length === 0 ? null : hosts[random.below(hosts.length)]!)
    case 'ORIGINAL_DST':
    case 'RING_HASH':
    case 'MAGLEV':
      return null
  }
}

/** Of `choiceCount` hosts drawn with replacement the one with the fewest requests under way. Source: Envoy `LeastRequestLoadBalancer::unweightedHostPick`. */
function leastRequest(choiceCount: number, random: Random): Balancer {
  return (hosts) => {
    if (hosts.length <= 1) return hosts[0] ?? null
    let candidate = hosts[random.below(hosts.length)]!
    for (let i = 1; i < choiceCount; i++) {
      const other = hosts[random.below(hosts.length)]!
      if (other.active < candidate.active) candidate = other
    }
    return candidate
  }
}

/** Where it begins is drawn, so that many proxies do not all begin with the same host. */
function roundRobin(random: Random): Balancer {
  let next = -1
  return (hosts) => {
    if (hosts.length === 0) return null
    if (next < 0) next = random.below(hosts.length)
    return hosts[next++ % hosts.length]!
  }
}

/** Hosts of different weights. Source: Envoy `EdfLoadBalancerBase`. */
function byDeadline(random: Random, weightOf: (host: UpstreamHost) => number): Balancer {
  let schedule: DeadlineSchedule<UpstreamHost> | null = null
  let scheduled: readonly UpstreamHost[] = []
  return (hosts) => {
    if (hosts.length === 0) return null
    if (!schedule || hosts !== scheduled) {
      schedule = new DeadlineSchedule(hosts, weightOf)
      scheduled = hosts
      for (let skips = random.below(hosts.length); skips > 0; skips--) schedule.pick()
    }
    return schedule.pick()
  }
}

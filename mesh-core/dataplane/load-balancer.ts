import type { Cluster } from '../ir/cluster.ts'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { HashingBalancer } from './hashing-balancer.ts'
import type { HostSet } from './host-set.ts'
import type { PriorityLoad } from './priority-load.ts'
import { SpreadingBalancer } from './spreading-balancer.ts'
import type { UpstreamHost } from './upstream-host.ts'
import type { Hash64 } from './xx-hash.ts'

/** What one pick goes by. */
export interface PickContext {
  /** Of the request; `null` where nothing of it is hashed. */
  hash(): Hash64 | null
  /** Hosts that are better left alone, and how many picks may be spent on that. */
  readonly tried: readonly UpstreamHost[]
  readonly attempts: number
}

/** A pick that nothing is known for. */
export const blindly: PickContext = { hash: () => null, tried: [], attempts: 0 }

export interface Balancer {
  /** Takes the hosts as they are now; there is at least one set. */
  refresh(sets: readonly HostSet[], load: PriorityLoad): void
  /** `null` when there is nobody to choose. */
  pick(context: PickContext): UpstreamHost | null
}

/** @returns `null` where the client's own destination is kept */
export function createBalancer({ loadBalancing, slowStart }: Cluster, random: Random, clock: Clock): Balancer | null {
  switch (loadBalancing.kind) {
    case 'LEAST_REQUEST':
    case 'ROUND_ROBIN':
    case 'RANDOM':
      return new SpreadingBalancer(loadBalancing, { random, clock, slowStart })
    case 'RING_HASH':
    case 'MAGLEV':
      return new HashingBalancer(loadBalancing, random)
    case 'ORIGINAL_DST':
      return null
  }
}

import type { Cluster } from '../../ir/cluster.ts'
import type { Clock } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import type { Balancer } from './balancer.ts'
import { HashingBalancer } from './hashing-balancer.ts'
import { SpreadingBalancer } from './spreading-balancer.ts'

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

import type { LoadBalancing, SlowStart } from '../../ir/cluster.ts'
import type { ConsistentHash, LoadBalancer } from './destination-rule-types.ts'
import { durationMs } from '../duration.ts'

/** LEAST_REQUEST unless said otherwise; a hash goes before a simple policy. Source: Istio `core/cluster_traffic_policy.go` applyLoadBalancer. */
export function loadBalancing(balancer: LoadBalancer | undefined): LoadBalancing {
  if (balancer?.simple === 'PASSTHROUGH') return { kind: 'ORIGINAL_DST' }
  if (balancer?.consistentHash) return hashing(balancer.consistentHash)
  switch (balancer?.simple) {
    case 'ROUND_ROBIN':
      return { kind: 'ROUND_ROBIN' }
    case 'RANDOM':
      return { kind: 'RANDOM' }
    default:
      return { kind: 'LEAST_REQUEST', choiceCount: 2 }
  }
}

/** Points, at most. */
export const largestRing = 8_388_608

/** Envoy's defaults. */
const ring = { minimumRingSize: 1024, maximumRingSize: largestRing }
const defaultTableSize = 65_537

/** Source: the same file, ApplyRingHashLoadBalancer. */
function hashing({ maglev, ringHash, minimumRingSize }: ConsistentHash): LoadBalancing {
  if (maglev) return { kind: 'MAGLEV', tableSize: Number(maglev.tableSize ?? 0) || defaultTableSize }
  const size = ringHash ? ringHash.minimumRingSize : minimumRingSize
  return { kind: 'RING_HASH', ...ring, minimumRingSize: Number(size ?? 0) || ring.minimumRingSize }
}

/** Source: the same file, setWarmup, setSlowStartConfig; Envoy's defaults where nothing is said. */
export function slowStart(balancer: LoadBalancer | undefined): SlowStart | null {
  if (!balancer || !['LEAST_REQUEST', 'ROUND_ROBIN'].includes(loadBalancing(balancer).kind)) return null
  const { warmup, warmupDurationSecs } = balancer
  const duration = warmup ? (warmup.duration ?? '0s') : warmupDurationSecs
  if (duration === undefined) return null
  return { windowMs: durationMs(duration), aggression: warmup?.aggression ?? 1, minimumPercent: warmup?.minimumPercent ?? 10 }
}

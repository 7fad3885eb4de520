import { int, message, type Message } from '../../envoy/fields.ts'
import type { LoadBalancing } from '../../ir/cluster.ts'
import { largestRing, loadBalancing } from '../clusters/load-balancing.ts'

/** With Envoy's defaults: what istiod says is of another kind. ROUND_ROBIN is the 0 of its enumeration. */
export const balancings: Readonly<Record<string, LoadBalancing>> = {
  LEAST_REQUEST: loadBalancing({ simple: 'LEAST_REQUEST' }),
  RANDOM: loadBalancing({ simple: 'RANDOM' }),
  RING_HASH: loadBalancing({ consistentHash: { ringHash: {} } }),
  MAGLEV: loadBalancing({ consistentHash: { maglev: {} } }),
}

/** What is said of the kind that it is; a 0 says nothing. @returns `null`: Envoy does not take it. Source: the constraints of `RingHashLbConfig` and `LeastRequestLbConfig`, Envoy `ring_hash_lb.cc`. */
export function mergedBalancing(known: LoadBalancing, fields: Message): LoadBalancing | null {
  const ring = message(fields['ring_hash_lb_config'], 'ring_hash_lb_config')
  const least = message(fields['least_request_lb_config'], 'least_request_lb_config')['choice_count']
  const [smallest, largest] = [int(ring['minimum_ring_size']), int(ring['maximum_ring_size'])]
  if (smallest > largestRing || largest > largestRing || (least !== undefined && int(least) < 2)) return null
  if (known.kind === 'LEAST_REQUEST') return { ...known, choiceCount: int(least) || known.choiceCount }
  if (known.kind !== 'RING_HASH') return known
  const merged = { ...known, minimumRingSize: smallest || known.minimumRingSize, maximumRingSize: largest || known.maximumRingSize }
  return merged.minimumRingSize > merged.maximumRingSize ? null : merged
}

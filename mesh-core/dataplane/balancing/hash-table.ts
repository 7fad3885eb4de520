import type { UpstreamHost } from './upstream-host.ts'
import type { Hash64 } from './xx-hash.ts'

/**
 * The host that a hash belongs to; `null` where there is none.
 * @param attempt above 0 asks for another one, as a retry does that shuns the host before
 */
export type HashTable = (hash: Hash64, attempt: number) => UpstreamHost | null

export interface WeightedHost {
  readonly host: UpstreamHost
  /** Share of all; the shares add up to 1. */
  readonly weight: number
}

/**
 * Hosts with their shares: by their own weights, within the weights of their localities where those count.
 * Source: Envoy `ThreadAwareLoadBalancerBase` normalizeWeights.
 */
export function normalizedWeights(groups: readonly { readonly weight: number; readonly hosts: readonly UpstreamHost[] }[]): WeightedHost[] {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0)
  return groups
    .filter(({ weight }) => weight > 0)
    .flatMap(({ weight, hosts }) => {
      const own = hosts.reduce((sum, { endpoint }) => sum + endpoint.weight, 0)
      return hosts.map((host) => ({ host, weight: (host.endpoint.weight * (weight / total)) / own }))
    })
}

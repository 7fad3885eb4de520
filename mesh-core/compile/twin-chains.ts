import type { FilterChain } from '../ir/proxy-config.ts'
import { networkOf } from '../ir/address-range.ts'

/**
 * Two chains that match the same, in full or in part of what they list; `null` where there are none. Envoy refuses a listener that has them: a fresh proxy does
 * without it, and what was for it is unknown traffic. Source: Envoy `filter_chain_manager_impl.cc`.
 */
export function twinChains(chains: readonly FilterChain[]): readonly [FilterChain, FilterChain] | null {
  const seen = new Map<string, FilterChain>()
  for (const chain of chains)
    for (const matcher of matchersOf(chain)) {
      const twin = seen.get(matcher)
      if (twin && twin !== chain) return [twin, chain]
      seen.set(matcher, chain)
    }
  return null
}

function matchersOf({ destinations, serverNames, transport, applicationProtocols }: FilterChain): string[] {
  const [ranges, names, protocols] = [destinations.map(networkOf), serverNames, applicationProtocols].map((list) => (list.length === 0 ? [''] : list))
  return ranges!.flatMap((range) =>
    names!.flatMap((name) => protocols!.map((protocol) => [range, name.toLowerCase(), transport, protocol].join(' '))),
  )
}

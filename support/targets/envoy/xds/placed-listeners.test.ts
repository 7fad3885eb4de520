import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyConnection } from '../../../../mesh-core/ir/proxy-config.ts'
import type { FilterChain, FilterChainMatch, Listener } from '../../../../mesh-core/ir/proxy-config.ts'
import { chooseFilterChain } from '../../../../mesh-core/match/filter-chain.ts'
import type { Connection } from '../../../../mesh-core/match/filter-chain.ts'
import { chainsAt, chainsBeside } from './placed-listeners.ts'

const addresses = ['192.0.2.9', '192.0.2.77', '198.51.100.7']
const names = ['a.example.com', 'b.example.com', 'c.other.com']

const match: fc.Arbitrary<FilterChainMatch> = fc
  .record({
    destinations: fc.subarray(['192.0.2.0/24', '192.0.2.9'], { maxLength: 2 }),
    serverNames: fc.subarray(['a.example.com', '*.example.com'], { maxLength: 2 }),
    transport: fc.constantFrom(null, 'tls' as const, 'raw_buffer' as const),
    applicationProtocols: fc.constantFrom([], ['http/1.1', 'h2c'], ['h2']),
  })
  .filter((one) => JSON.stringify(one) !== JSON.stringify(anyConnection))

const connection: fc.Arbitrary<Connection> = fc.record({
  address: fc.constantFrom(...addresses),
  serverName: fc.constantFrom(null, ...names),
  transport: fc.constantFrom('tls' as const, 'raw_buffer' as const),
  applicationProtocols: fc.constantFrom([], ['http/1.1'], ['h2', 'http/1.1']),
})

/** Each place of one chain alone, as Envoy and istiod want it. */
function apart(matches: readonly FilterChainMatch[]): readonly FilterChainMatch[] {
  const places = ({ destinations, serverNames, transport, applicationProtocols }: FilterChainMatch): string[] =>
    (destinations.length ? destinations : ['']).flatMap((range) =>
      (serverNames.length ? serverNames : ['']).flatMap((name) =>
        (applicationProtocols.length ? applicationProtocols : ['']).map((protocol) => `${range} ${name} ${transport} ${protocol}`),
      ),
    )
  const taken = new Set<string>()
  return matches.filter((one) => {
    const own = places(one)
    if (own.some((place) => taken.has(place))) return false
    for (const place of own) taken.add(place)
    return true
  })
}

function listenerOf(address: string, matches: readonly FilterChainMatch[]): Listener {
  const chain = (name: string, one: FilterChainMatch): FilterChain => ({ ...one, name, tls: null, filter: { kind: 'tcp' } as FilterChain['filter'] })
  const filterChains = apart(matches).map((one, i) => chain(`chain ${i}`, one))
  return { name: 'one', direction: 'outbound', address, port: 80, filterChains, defaultFilterChain: chain('rest', anyConnection) }
}

test.each(['0.0.0.0', '192.0.2.9'])('beside chains of other listeners those of %s choose as they do alone', (address) => {
  fc.assert(
    fc.property(fc.array(match, { maxLength: 5 }), connection, (matches, seen) => {
      const dialled = { ...seen, address: address === '0.0.0.0' ? seen.address : address }
      const listener = listenerOf(address, matches)
      const alone = chooseFilterChain(listener.filterChains, dialled) ?? listener.defaultFilterChain
      expect(chooseFilterChain(chainsAt(listener), dialled)?.name).toBe(alone?.name)
    }),
    { numRuns: 2000 },
  )
})

test('an address with a listener of its own is none of those that the one for all addresses takes, at its port alone', () => {
  const matches = [['192.0.2.9'], ['192.0.2.77/32', '192.0.2.0/24']].map((destinations) => ({ ...anyConnection, destinations }))
  const rest = { ...listenerOf('0.0.0.0', matches), defaultFilterChain: null }
  const own = (address: string, port = 80): Listener => ({ ...rest, address, port })
  const left = (...beside: Listener[]): unknown => chainsBeside(rest, [...beside, rest]).map(({ destinations }) => destinations)
  expect(left(own('192.0.2.9'), own('192.0.2.77'))).toEqual([['192.0.2.0/24']])
  expect(left(own('192.0.2.9', 81), own('198.51.100.7'))).toEqual([['192.0.2.9'], ['192.0.2.77/32', '192.0.2.0/24']])
})

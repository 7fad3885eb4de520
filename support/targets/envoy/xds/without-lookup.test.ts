import { expect, test } from 'vitest'
import type { ProxyConfig } from '../../../../mesh-core/ir/proxy-config.ts'
import { statName } from './cluster.ts'
import { withoutLookup } from './without-lookup.ts'

function proxy(discovery: string, looksUpServerName: boolean): ProxyConfig {
  const filter = { kind: 'tcp', clusters: [{ cluster: 'outside', weight: 1 }], origin: null, looksUpServerName }
  const listeners = [{ name: 'one', filterChains: [{ filter }], defaultFilterChain: null }]
  return { listeners, clusters: { outside: { name: 'outside', discovery, endpoints: [] } } } as unknown as ProxyConfig
}

test('a chain that looks no name up gets a cluster without anybody, which the log calls as the other', () => {
  const { listeners, clusters } = withoutLookup(proxy('dynamic-dns', false))
  const { filter } = listeners[0]!.filterChains[0]!
  const name = filter.kind === 'tcp' ? filter.clusters[0]!.cluster : ''
  expect(name).not.toBe('outside')
  expect(clusters[name]).toMatchObject({ name, discovery: 'static', endpoints: [] })
  expect(statName(name)).toBe(statName('outside'))
  expect(clusters['outside']!.discovery).toBe('dynamic-dns')
})

test.each([
  ['that looks it up', proxy('dynamic-dns', true)],
  ['of a cluster with endpoints', proxy('eds', false)],
])('a chain %s stays as it is', (_, config) => {
  expect(withoutLookup(config)).toBe(config)
})

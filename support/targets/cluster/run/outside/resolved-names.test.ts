import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { awaitResolved, lookedUp, unresolvedIn } from './resolved-names.ts'

const entry = (spec: object): KubeObject => ({ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'a' }, spec })

test.each([
  [{ hosts: ['a.example', 'b.example'], resolution: 'DNS' }, ['a.example', 'b.example']],
  [{ hosts: ['a.example'], resolution: 'DNS_ROUND_ROBIN' }, ['a.example']],
  [{ hosts: ['a.example'], resolution: 'NONE' }, []],
  [{ hosts: ['a.example'], resolution: 'STATIC', endpoints: [{ address: '10.0.0.1' }] }, []],
  [{ hosts: ['*.example'], resolution: 'DNS', endpoints: [{ address: 'b.example' }] }, []],
  [{ hosts: ['a.example'], resolution: 'DNS', endpoints: [{ address: 'b.example' }] }, ['a.example']],
  // Nobody of the run is there: whether an address is ever found is not the mesh's to say.
  [{ hosts: ['a.example'], resolution: 'DNS', endpoints: [{ address: 'shop.default.svc.cluster.local' }] }, []],
])('an entry whose hosts proxies look up: %j', (spec, hosts) => {
  expect(lookedUp([entry(spec), { ...entry({}), kind: 'VirtualService' }], (name) => name.endsWith('.example'))).toEqual(hosts)
})

const told = (host: string, port: number, address = ''): string =>
  [
    `default_priority::max_connections::1024`,
    'added_via_api::true',
    ...(address && [`${address}::cx_active::0`, `${address}::health_flags::healthy`]),
  ]
    .map((rest) => `outbound|${port}||${host}::${rest}`)
    .join('\n')

test.each([
  ['all have addresses', [told('a.example', 80, '10.0.0.7:80'), told('a.example', 443, '10.0.0.7:443')], []],
  ['one of its ports has none', [told('a.example', 80, '10.0.0.7:80'), told('a.example', 443)], ['a.example']],
  ['an address of IPv6', [told('a.example', 80, '[fd00::7]:80')], []],
  ['a proxy that does not know the host', [told('c.example', 80)], []],
])('%s', (_, clusters, lacking) => {
  expect(unresolvedIn(clusters.join('\n'), ['a.example', 'b.example'])).toEqual(lacking)
})

test('a proxy that has no address yet is waited for, and told when it finds none', async () => {
  const answers = [null, told('a.example', 443), told('a.example', 443, '10.0.0.7:443')]
  let asked = 0
  const proxy = { name: 'the gateway', clusters: async () => answers[Math.min(asked++, answers.length - 1)]! }
  await awaitResolved([proxy], ['a.example'], performance.now() + 5000)
  expect(asked).toBe(3)
  await awaitResolved([proxy], [], 0)
  expect(asked).toBe(3)
  const never = { name: 'the gateway', clusters: async () => told('a.example', 443) }
  await expect(awaitResolved([never], ['a.example'], performance.now())).rejects.toThrow('the gateway has found no address of a.example')
})

import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NamespaceMap } from './namespace-map.ts'

function mapOf(named: readonly string[] = []): NamespaceMap {
  const map = new NamespaceMap('run-1', named)
  for (const namespace of ['default', 'prod']) map.use(namespace)
  return map
}

describe('namespaces of the run for those of a scenario', () => {
  test('each has its own', () => {
    const map = mapOf()
    expect([map.real('default'), map.real('prod'), map.real('istio-system')]).toEqual(['run-1', 'run-1-prod', 'istio-system'])
    expect(map.scenario('run-1-prod')).toBe('prod')
  })

  test('one that is only asked about stands for nothing in names', () => {
    const map = mapOf()
    expect([map.real('com'), map.host('example.com'), map.host('www.example.com'), map.all]).toEqual([
      'run-1-com',
      'example.com',
      'www.example.com',
      ['run-1', 'run-1-prod'],
    ])
    expect([map.use('com'), map.host('example.com')]).toEqual(['run-1-com', 'example.run-1-com'])
  })

  test('what is of the whole cluster is in none, and none stands for it', () => {
    const map = mapOf()
    expect(map.real('')).toBe('')
    expect(map.all).toEqual(['run-1', 'run-1-prod'])
    expect(map.object({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'paths' }, path: '/items' } as KubeObject)['path']).toBe('/items')
  })

  test('those that the user has named are used as they are', () => {
    const map = mapOf(['shop', 'prod'])
    expect([map.real('default'), map.real('prod'), map.real('test')]).toEqual(['shop', 'prod', 'run-1-test'])
  })

  test.each([
    ['shop', 'shop'],
    ['shop.prod', 'shop.run-1-prod'],
    ['shop.prod:8080', 'shop.run-1-prod:8080'],
    ['shop.prod.svc', 'shop.run-1-prod.svc'],
    ['shop.default.svc.cluster.local:80', 'shop.run-1.svc.cluster.local:80'],
    ['*.prod.svc.cluster.local', '*.run-1-prod.svc.cluster.local'],
    ['db-0.db.prod.svc.cluster.local', 'db-0.db.run-1-prod.svc.cluster.local'],
    ['db-0.db.prod:5432', 'db-0.db.run-1-prod:5432'],
    // Hosts of the world outside, whose names happen to hold the word.
    ['prod.example.com', 'prod.example.com'],
    ['www.prod.example.com', 'www.prod.example.com'],
    ['default', 'default'],
  ])('host %s is %s', (host, mapped) => expect(mapOf().host(host)).toBe(mapped))

  test('in config', () => {
    const object = mapOf().object({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'default', namespace: 'prod', labels: { app: 'prod' } },
      spec: {
        hosts: ['shop.default.svc.cluster.local'],
        gateways: ['default/entry', 'mesh'],
        exportTo: ['.', 'prod'],
        http: [{ match: [{ sourceNamespace: 'x', uri: { prefix: '/default/' } }], route: [{ destination: { host: 'shop.prod' } }] }],
        egress: [{ hosts: ['prod/*', './*', 'default/shop.default.svc.cluster.local'] }],
        from: [{ source: { namespaces: ['default'], principals: ['cluster.local/ns/prod/sa/shop'] } }],
      },
    })
    expect(object).toEqual({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'default', namespace: 'run-1-prod', labels: { app: 'prod' } },
      spec: {
        hosts: ['shop.run-1.svc.cluster.local'],
        gateways: ['run-1/entry', 'mesh'],
        exportTo: ['.', 'run-1-prod'],
        http: [{ match: [{ sourceNamespace: 'x', uri: { prefix: '/default/' } }], route: [{ destination: { host: 'shop.run-1-prod' } }] }],
        egress: [{ hosts: ['run-1-prod/*', './*', 'run-1/shop.run-1.svc.cluster.local'] }],
        from: [{ source: { namespaces: ['run-1'], principals: ['cluster.local/ns/run-1-prod/sa/shop'] } }],
      },
    })
  })

  const specOf = (spec: object): unknown => mapOf().object({ apiVersion: 'prod/v1', kind: 'prod', metadata: { name: 'x' }, spec })

  test('and where the words only look like a namespace they stay', () => {
    const spec = { uri: { prefix: 'prod/items' }, path: '/prod/items', image: 'prod/shop:1', values: ['prod'], key: 'request.headers[x-team]' }
    expect(specOf(spec)).toMatchObject({ spec })
    expect(mapOf().object({ apiVersion: 'prod/v1', kind: 'prod', metadata: { name: 'x' } })).toMatchObject({ apiVersion: 'prod/v1', kind: 'prod' })
  })

  test.each([
    ['accounts', { serviceAccounts: ['prod/web'] }, { serviceAccounts: ['run-1-prod/web'] }],
    ['a provider', { service: 'prod/authz.prod.svc.cluster.local' }, { service: 'run-1-prod/authz.run-1-prod.svc.cluster.local' }],
    ['hosts of a Sidecar', { hosts: ['./shop.prod.svc.cluster.local'] }, { hosts: ['./shop.run-1-prod.svc.cluster.local'] }],
    ['a condition', { when: [{ key: 'source.namespace', values: ['prod'] }] }, { when: [{ key: 'source.namespace', values: ['run-1-prod'] }] }],
    ['its contrary', { key: 'source.serviceAccount', notValues: ['default/web'] }, { key: 'source.serviceAccount', notValues: ['run-1/web'] }],
    [
      'a selector',
      { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['prod', 'default'] },
      { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['run-1-prod', 'run-1'] },
    ],
    [
      'hosts and what follows',
      { hosts: ['shop.prod.svc*', 'shop.prod*', 'shop.prod.*', '*.prod', 'shop.product*'] },
      { hosts: ['shop.run-1-prod.svc*', 'shop.run-1-prod*', 'shop.run-1-prod.*', '*.run-1-prod', 'shop.product*'] },
    ],
    [
      'a script',
      { lua: { inlineCode: 'h:httpCall("outbound|80||a.default.svc.cluster.local") -- b.prod.svc, default.x' }, name: 'b.prodx.svc and c' },
      { lua: { inlineCode: 'h:httpCall("outbound|80||a.run-1.svc.cluster.local") -- b.run-1-prod.svc, default.x' }, name: 'b.prodx.svc and c' },
    ],
    ['a pattern of hosts', { authority: { regex: '(shop|web)\\.prod(\\.svc.*)?' } }, { authority: { regex: '(shop|web)\\.run-1-prod(\\.svc.*)?' } }],
    ['a pattern of other things', { uri: { regex: '/x\\.prod' } }, { uri: { regex: '/x\\.prod' } }],
    [
      'a beginning of hosts',
      { authority: { prefix: 'shop.prod.' }, headers: { ':authority': { prefix: 'shop.prod:' } } },
      { authority: { prefix: 'shop.run-1-prod.' }, headers: { ':authority': { prefix: 'shop.run-1-prod:' } } },
    ],
    [
      'a beginning of hosts that ends within a name',
      { match: [{ authority: { prefix: 'shop.pro' } }, { uri: { prefix: 'shop.pro' } }] },
      { match: [{ authority: { regex: 'shop\\.(?:pro.*|run-1-pro.*)' } }, { uri: { prefix: 'shop.pro' } }] },
    ],
    [
      'a cluster of Envoy',
      { cluster: { name: 'outbound|80|v2|shop.prod.svc.cluster.local' } },
      { cluster: { name: 'outbound|80|v2|shop.run-1-prod.svc.cluster.local' } },
    ],
    [
      'an SNI of sidecars',
      { key: 'connection.sni', values: ['outbound_.80_._.shop.prod.svc.cluster.local'] },
      { values: ['outbound_.80_._.shop.run-1-prod.svc.cluster.local'] },
    ],
    ['hosts of default and what follows', { notHosts: ['shop.default*'] }, { notHosts: ['shop.run-1', 'shop.run-1.*', 'shop.run-1:*'] }],
    ['identities of default', { notPrincipals: ['*/ns/def*'] }, { notPrincipals: ['*/ns/def*', '*/ns/run-1-def*', '*/ns/run-1/*'] }],
    ['identities that begin so', { principals: ['cluster.local/ns/pr*'] }, { principals: ['cluster.local/ns/pr*', 'cluster.local/ns/run-1-pr*'] }],
    ['a beginning', { namespaces: ['pr*'] }, { namespaces: ['pr*', 'run-1-pr*'] }],
    ['an end', { notNamespaces: ['*-prod'] }, { notNamespaces: ['*-prod'] }],
    ['one of default', { namespaces: ['def*', '*lt'] }, { namespaces: ['def*', 'run-1-def*', 'run-1', '*lt', 'run-1'] }],
    ['all', { namespaces: ['*'], exportTo: ['*'] }, { namespaces: ['*'], exportTo: ['*'] }],
  ])('namespaces of %s', (_, spec, mapped) => expect(specOf(spec)).toMatchObject({ spec: mapped }))

  test('and back, in what was seen', () => {
    expect(mapOf().back('spiffe://cluster.local/ns/run-1-prod/sa/a called shop.run-1')).toBe(
      'spiffe://cluster.local/ns/prod/sa/a called shop.default',
    )
  })
})

test('a namespace of the run stands for istio-system where the gateway is its own', () => {
  expect(new NamespaceMap('meshspec-1f2e3d', [], true).real('istio-system')).toBe('meshspec-1f2e3d-istio-system')
  expect(new NamespaceMap('meshspec-1f2e3d', []).real('istio-system')).toBe('istio-system')
  const map = new NamespaceMap('meshspec-1f2e3d', [], true)
  map.use('istio-system')
  expect(map.host('istio-ingressgateway.istio-system.svc.cluster.local:80')).toBe(
    'istio-ingressgateway.meshspec-1f2e3d-istio-system.svc.cluster.local:80',
  )
})

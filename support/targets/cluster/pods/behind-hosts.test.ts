import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { BehindHosts } from './behind-hosts.ts'
import type { Pod } from './pod.ts'

const pod = { namespace: 'prod', name: 'db-0', app: 'db', ip: '10.0.0.2', labels: { app: 'db', version: 'v1' } as Record<string, string> } as Pod

const service = (name: string, spec: object, namespace = 'prod'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
})

const entry = (hosts: readonly string[], spec: object): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'entry', namespace: 'prod' },
  spec: { hosts, ...spec },
})

const hosts = new BehindHosts([
  service('named', { selector: { app: 'db' } }),
  service('db', { selector: { app: 'db' } }),
  service('cart', { selector: { app: 'cart' } }),
  service('db', { selector: { app: 'db' } }, 'test'),
  service('by-hand', {}),
  entry(['picked.example'], { workloadSelector: { labels: { app: 'db' } } }),
  entry(['others.example'], { workloadSelector: { labels: { app: 'cart' } } }),
  entry(['listed.example'], { endpoints: [{ address: '10.0.0.2' }] }),
  entry(['far.example'], { endpoints: [{ address: '10.0.0.3' }] }),
  entry(['alias.example'], { endpoints: [{ address: 'db.prod.svc.cluster.local' }] }),
  entry(['*.open.example'], {}),
])

test.each([
  ['db', 'prod'],
  ['db.prod', 'test'],
  ['named.prod.svc.cluster.local', null],
  ['db-0.db.prod.svc.cluster.local', 'prod'],
  ['by-hand', 'prod'],
  ['10.0.0.2', 'prod'],
  ['picked.example', 'prod'],
  ['listed.example', 'prod'],
  ['alias.example', 'prod'],
  ['www.open.example', 'prod'],
])('%s, asked from %s, leads to the pod', (asked, namespace) => {
  expect(hosts.otherThan(asked, namespace, pod)).toBeNull()
})

test.each([
  ['cart', 'prod'],
  ['db', 'test'],
  ['db', null],
  ['db.test', 'prod'],
  ['db.example.com', 'prod'],
  ['others.example', 'prod'],
  ['far.example', 'prod'],
])('%s, asked from %s, is led to it by a rule', (asked, namespace) => {
  expect(hosts.otherThan(asked, namespace, pod)).toEqual({ name: 'db', namespace: 'prod' })
})

test('who is behind one Service alone is so by its name, and who is behind none by its own', () => {
  const only = new BehindHosts([service('named', { selector: { app: 'db' } })])
  expect(only.otherThan('shop.example.com', null, pod)?.name).toBe('named')
  expect(new BehindHosts([]).otherThan('shop.example.com', null, pod)?.name).toBe('db')
})

test('of several Services, one that a rule names', () => {
  const rule = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'r', namespace: 'prod' } }
  const behind = (host: string) =>
    new BehindHosts([
      service('db', { selector: { app: 'db' } }),
      service('named', { selector: { app: 'db' } }),
      { ...rule, spec: { hosts: ['shop.example.com'], http: [{ route: [{ destination: { host } }] }] } },
    ])
  const named = ['named', 'named.prod.svc.cluster.local', 'db', 'named-too'].map(
    (host) => behind(host).otherThan('shop.example.com', null, pod)?.name,
  )
  expect(named).toEqual(['named', 'named', 'db', 'db'])
})

test('nobody is known by name who stands for what is outside', () => {
  expect(hosts.otherThan('cart', 'prod', { ...pod, labels: { 'meshspec.dev/outside': 'true' } })).toBeNull()
})

import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { barrierRoute, managedGateways, selectNamespaces } from './managed-gateways.ts'

const gateway = (...listeners: readonly object[]): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'entry', namespace: 'run-1' },
  spec: { listeners: listeners.map((one, i) => ({ name: `l${i}`, port: 80, protocol: 'HTTP', ...one })) },
})
const taking = (namespaces: object) => ({ allowedRoutes: { namespaces } })
const selecting = (selector: object) => taking({ from: 'Selector', selector })
const known = new Map([
  ['run-1', { team: 'edge' }],
  ['run-1-shop', { team: 'shop', tier: 'one' }],
])

test.each([
  ['of its own, where nothing is said', {}, 'run-1'],
  ['of all', taking({ from: 'All' }), 'run-1'],
  ['of none', taking({ from: 'None' }), undefined],
  ['of those with a label, its own among them', selecting({ matchLabels: { team: 'edge' } }), 'run-1'],
  ['of those with a label that another has', selecting({ matchLabels: { team: 'shop' } }), 'run-1-shop'],
  ['of those that say so at all', selecting({ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }), 'run-1-shop'],
  ['of those with one of several', selecting({ matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'shop'] }] }), 'run-1-shop'],
  ['of those without one', selecting({ matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['edge'] }] }), 'run-1-shop'],
  ['of those that do not say so', selecting({ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }), 'run-1'],
  ['of those with a label that none has', selecting({ matchLabels: { team: 'shop', tier: 'two' } }), undefined],
])('a listener that takes routes %s is asked by one from there', (_, listener, namespace) => {
  const [found] = managedGateways([gateway(listener)], known)
  expect(found?.namespace).toBe(namespace)
  if (found === undefined) return
  const { metadata, spec } = barrierRoute(found, '7')
  expect(metadata.namespace).toBe(namespace)
  expect(spec.parentRefs).toEqual([{ name: 'entry', namespace: 'run-1', sectionName: 'l0' }])
})

test('of several listeners one is asked that takes a route', () => {
  const [found] = managedGateways([gateway(taking({ from: 'None' }), { protocol: 'TCP' }, {})], new Map())
  expect(found?.listener.name).toBe('l2')
})

test('labels are looked at where a listener goes by them', () => {
  expect(selectNamespaces([gateway({}), gateway({}, selecting({ matchLabels: { team: 'edge' } }))])).toBe(true)
  expect(selectNamespaces([gateway({}), gateway(taking({ from: 'All' }))])).toBe(false)
})

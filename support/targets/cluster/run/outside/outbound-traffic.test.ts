import { expect, test } from 'vitest'
import { readText } from '../../../../../mesh-core/config/read.ts'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { OutboundTraffic } from './outbound-traffic.ts'

function meshConfig(text: string): Resource {
  return readText(`apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nmetadata: {name: istio}\n${text}`, 'mesh.yaml').resources[0]!
}

function sidecar(namespace: string, spec: object = {}): KubeObject {
  return { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'own', namespace }, spec }
}

const closed = 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}'
const policy = { mode: 'REGISTRY_ONLY' }

function after(text: string): OutboundTraffic {
  const outbound = new OutboundTraffic((namespace) => namespace === 'users')
  outbound.take(meshConfig(text))
  return outbound
}

test('each namespace says what the mesh config says, and lets its pods know every service as before', () => {
  const { apply, remove } = after(closed).changes(['run', 'run-prod'], [], [])
  expect(apply.map(({ kind, metadata, spec }) => [kind, metadata.namespace, spec])).toEqual([
    ['Sidecar', 'run', { egress: [{ hosts: ['*/*'] }], outboundTrafficPolicy: policy }],
    ['Sidecar', 'run-prod', { egress: [{ hosts: ['*/*'] }], outboundTrafficPolicy: policy }],
  ])
  expect(remove).toEqual([])
})

test('what is there already is not applied again, unless the mesh config has changed', () => {
  const outbound = after(closed)
  const { apply: applied } = outbound.changes(['run'], [], [])
  expect(outbound.changes(['run'], applied, []).apply).toEqual([])
  expect(outbound.changes(['run', 'run-prod'], applied, []).apply.map(({ metadata }) => metadata.namespace)).toEqual(['run-prod'])
  outbound.take(meshConfig('outboundTrafficPolicy: {mode: ALLOW_ANY}'))
  expect(outbound.changes(['run'], applied, []).apply).toHaveLength(1)
})

test('Sidecars of the scenario take it over, and that for a whole namespace stands in the place of the own one', () => {
  const outbound = after(closed)
  expect(outbound.inheriting(sidecar('run'))['spec']).toEqual({ outboundTrafficPolicy: policy })
  const open = sidecar('run', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } })
  expect(outbound.inheriting(open)).toBe(open)
  const { apply: own } = outbound.changes(['run'], [], [])
  const selecting = sidecar('run', { workloadSelector: { labels: { app: 'client' } } })
  expect(outbound.changes(['run'], own, [selecting])).toEqual({ apply: [], remove: [] })
  const changes = outbound.changes(['run'], own, [sidecar('run')])
  expect(changes.apply).toEqual([])
  expect(changes.remove).toMatchObject([{ kind: 'Sidecar', namespace: 'run', name: own[0]!.metadata.name }])
})

test('without a word of the mesh config nothing is said', () => {
  expect(new OutboundTraffic(() => false).changes(['run'], [], [])).toEqual({ apply: [], remove: [] })
  const given = sidecar('run')
  expect(new OutboundTraffic(() => false).inheriting(given)).toBe(given)
})

test.each([
  [`${closed}\nh2UpgradePolicy: UPGRADE`, 'h2UpgradePolicy'],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}', 'outboundTrafficPolicy.mode ALLOW_ANY_DYNAMIC_DNS'],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY, tls: {mode: SIMPLE}}', 'outboundTrafficPolicy.tls'],
])('what no Sidecar says is the whole mesh’s: %s', (text, what) => {
  expect(() => after(text)).toThrow(`the mesh config is of the whole mesh, which the run is not to change: ${what}`)
})

test('a policy without a mode says nothing', () => {
  expect(after('outboundTrafficPolicy: {}').changes(['run'], [], [])).toEqual({ apply: [], remove: [] })
})

test('in a namespace of the user’s nobody is told what to let out', () => {
  expect(() => after(closed).changes(['run', 'users'], [], [])).toThrow('which the run is not to change: outboundTrafficPolicy')
})

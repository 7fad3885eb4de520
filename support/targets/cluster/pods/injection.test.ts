import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { assertInjected } from './injection.ts'
import type { Pod } from './pod.ts'

function workload(metadata: object = {}, spec: object = {}): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' }, spec: { template: { metadata, spec } } }
}

const pod = (sidecar: boolean, container = 'shop') => ({ name: 'shop-1', namespace: 'shop', sidecar, container }) as unknown as Pod

test('a pod that nobody has injected says nothing about the mesh', () => {
  expect(() => assertInjected(workload(), [pod(true), pod(false)])).toThrow('CLUSTER_FAILED pod shop-1 has no sidecar')
})

test.each([
  ['one with a sidecar', workload(), pod(true)],
  ['a gateway, which is a proxy', workload(), pod(false, 'istio-proxy')],
  ['one that is to have none, by its label', workload({ labels: { 'sidecar.istio.io/inject': 'false' } }), pod(false)],
  ['by another word for it', workload({ labels: { 'sidecar.istio.io/inject': 'no' } }), pod(false)],
  ['by its annotation', workload({ annotations: { 'sidecar.istio.io/inject': 'false' } }), pod(false)],
  ['in the network of its node', workload({}, { hostNetwork: true }), pod(false)],
  ['one of another control plane', workload({ labels: { 'istio.io/rev': 'canary' } }), pod(false)],
])('%s is as it should be', (_, object, own) => {
  expect(() => assertInjected(object, [own])).not.toThrow()
})

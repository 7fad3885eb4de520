import { expect, test } from 'vitest'
import { readText } from '../../../../mesh-core/config/read.ts'
import type { KubeObject, Resource } from '../../../../mesh-core/config/resource.ts'
import { namespaceObject } from '../run/access/own-namespace.ts'
import { assertInjected, Injection } from './injection.ts'
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

/** A namespace, or a Deployment in `prod`. */
function resourceOf(object: KubeObject): Resource {
  return readText(JSON.stringify(object), 'test').resources[0]!
}

const shop = (labels: Readonly<Record<string, string>>): Resource =>
  resourceOf({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', namespace: 'prod' },
    spec: { selector: {}, template: { metadata: { labels }, spec: { containers: [{ name: 'shop' }] } } },
  })

test.each([
  ['nothing', null, {}, true],
  ['labels that do not ask for sidecars', { team: 'a' }, {}, false],
  ['such labels, and the pod asks itself', { team: 'a' }, { 'sidecar.istio.io/inject': 'true' }, true],
  ['that there are none', { 'istio-injection': 'disabled' }, { 'sidecar.istio.io/inject': 'true' }, false],
  ['a revision', { 'istio.io/rev': 'default' }, {}, true],
  ['a revision, and the pod wants none', { 'istio.io/rev': 'default' }, { 'sidecar.istio.io/inject': 'false' }, false],
])('pods of a namespace of which a scenario writes %s', (_, labels, ofPod, injected) => {
  const injection = new Injection()
  if (labels !== null) expect(injection.take([resourceOf(namespaceObject('prod', labels)), shop(ofPod)])).toEqual(['prod'])
  expect(injection.of(shop(ofPod))).toBe(injected)
})

test('what is said of a namespace goes before what was written of it, until it is written again', () => {
  const injection = new Injection()
  injection.take([resourceOf(namespaceObject('prod', { team: 'a' }))])
  injection.say('prod', true)
  expect(injection.of(shop({}))).toBe(true)
  injection.take([resourceOf(namespaceObject('prod', { team: 'b' }))])
  expect(injection.of(shop({}))).toBe(false)
})

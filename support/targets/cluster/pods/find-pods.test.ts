import { expect, test } from 'vitest'
import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import { parseServiceRef } from '../../../sentences/service-ref.ts'
import { NotSupported } from '../../target.ts'
import { assertKnown, findPods } from './find-pods.ts'
import type { Scene } from './find-pods.ts'

const same = (name: string): string => name
const namespaces = { real: same, scenario: same } as unknown as Scene['namespaces']
const pod = {
  name: 'shop-1',
  namespace: 'default',
  labels: { app: 'shop' },
  workload: 'shop-v1',
  app: 'shop',
  version: 'v1',
} as unknown as Scene['pods'][number]
const scene: Scene = { pods: [pod], services: [], namespaces, hosts: ['httpbin.org'] }

test('pods are found by their service, with or without its namespace', () => {
  for (const name of ['shop', 'shop.default', 'shop:v1', 'shop.default.svc.cluster.local'])
    expect(findPods(scene, parseServiceRef(name), 'default')).toEqual([pod])
})

test.each(['shop:v2', 'shopp', 'shop.prod', 'httpbin.com'])('%s is unknown', (name) => {
  expect(() => assertKnown(scene, [], parseServiceRef(name), 'default')).toThrow(MeshSpecError)
})

test.each(['edition.cnn.com', 'httpbin.org'])('nobody on a live mesh tells what came to %s', (name) => {
  expect(() => assertKnown(scene, [], parseServiceRef(name), 'default')).toThrow(NotSupported)
  expect(() => findPods(scene, parseServiceRef(name), 'default')).toThrow(NotSupported)
})

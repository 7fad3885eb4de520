import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { Pod } from '../../pods/pod.ts'
import { doubtsAbout } from './doubts.ts'
import { NamespaceMap } from '../access/namespace-map.ts'

const namespaces = new NamespaceMap('run-1', [])
namespaces.use('default')
namespaces.use('other')

const pod = (name: string, more: Partial<Pod> = {}): Pod => ({
  namespace: 'run-1',
  name: `${name}-x`,
  workload: name,
  app: name,
  version: '',
  labels: { app: name },
  ip: '10.0.0.1',
  container: 'echo',
  sidecar: true,
  ready: true,
  containers: 2,
  readyContainers: 2,
  restarts: 0,
  readySince: null,
  trouble: null,
  ...more,
})
const service = (name: string, namespace = 'run-1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name } },
})
const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'run-1' },
  spec: { replicas: 2 },
})
const rule = (host: string, namespace: string): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'r', namespace },
  spec: { hosts: [host] },
})
const fine = {
  sender: null,
  pods: [pod('shop')],
  mishaps: [],
  services: [service('shop')],
  deployments: [deployment('shop')],
  config: [rule('shop', 'run-1')],
  namespaces,
}

describe('what may be why', () => {
  test('nothing, where nothing is odd', () => {
    expect(doubtsAbout(fine)).toEqual([])
    expect(doubtsAbout({ ...fine, config: [rule('shop.example.com', 'run-1-other'), rule('*', 'run-1-other')], sender: pod('client') })).toEqual([])
  })

  test('a sender without a sidecar', () => {
    expect(doubtsAbout({ ...fine, mishaps: ['pod shop-x.run-1 is there no more'] })).toEqual(['pod shop-x.default is there no more'])
    expect(doubtsAbout({ ...fine, sender: pod('client', { sidecar: false }) })).toEqual([
      'pod client-x has no sidecar: no rule of the mesh acts on what it sends',
    ])
  })

  test('nobody there to answer', () => {
    expect(doubtsAbout({ ...fine, pods: [pod('shop', { ready: false })] })).toEqual([
      'no pod of Deployment shop is there to answer: 1 of 2 exist, none is ready',
      'Service shop.default leads to no pod that is ready',
    ])
  })

  test('one that the scenario has scaled to nothing', () => {
    const scaled = { ...deployment('shop-v2'), spec: { replicas: 0 } }
    expect(doubtsAbout({ ...fine, deployments: [deployment('shop'), scaled] })).toEqual([
      'Deployment shop-v2 is scaled to 0 replicas: no pod of it answers',
    ])
  })

  test('a rule in the wrong namespace', () => {
    expect(doubtsAbout({ ...fine, config: [rule('shop', 'run-1-other')] })).toEqual([
      'VirtualService other/r is for shop.other, which is no service; shop is in default: is it in the wrong namespace?',
    ])
  })
})

import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { podsOfGateway } from './gateway-pods.ts'

const gateway: KubeObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'entry', namespace: 'a', uid: 'new' } as KubeObject['metadata'],
  spec: { gatewayClassName: 'istio' },
}

const whole = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1 }

const deployment = (owner: string, status: object = whole, metadata: object = {}) => ({
  metadata: { name: 'entry-istio', namespace: 'a', generation: 2, ownerReferences: [{ uid: owner }], ...metadata },
  spec: { replicas: 1 },
  status,
})

const pod = (name: string, isReady = true, metadata: object = {}) => ({
  metadata: { name, namespace: 'a', ...metadata },
  spec: { containers: [{ name: 'istio-proxy' }] },
  status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
})

const asked: string[] = []
const service = (owner: string, metadata: object = {}) => ({
  metadata: { name: 'entry-istio', namespace: 'a', ownerReferences: [{ uid: owner }], ...metadata },
})

const cluster = (deployments: readonly object[], pods: readonly object[], services: readonly object[] = [service('new')]) =>
  ({
    list: async (_: string, kind: string, namespace: string, query: string) => {
      asked.push(`${kind} ${namespace} ${query}`)
      return { Pod: pods, Deployment: deployments, Service: services }[kind]
    },
  }) as unknown as KubeObjects

test('pods that were made for the Gateway are taken', async () => {
  const { pods, late } = await podsOfGateway(cluster([deployment('new')], [pod('one')]), gateway)
  expect(late).toBeNull()
  expect(pods.map(({ name }) => name)).toEqual(['one'])
  expect(asked).toContain('Pod a labelSelector=gateway.networking.k8s.io%2Fgateway-name%3Dentry')
})

test.each([
  ['of a Gateway of the same name that has gone', [deployment('old')], [pod('one')], /is of a Gateway that has gone/],
  ['about to be deleted', [deployment('new', whole, { deletionTimestamp: 'now' })], [pod('one')], /is of a Gateway that has gone/],
  ['without its new pods', [deployment('new', { ...whole, updatedReplicas: 0 })], [pod('one')], /has 0 pods of 1, of which 1 are ready/],
  ['not ready', [deployment('new', { ...whole, readyReplicas: 0 })], [pod('one', false)], /has 1 pods of 1, of which 0 are ready/],
  ['not looked at since it was changed', [deployment('new', { ...whole, observedGeneration: 1 })], [pod('one')], /Deployment a\/entry-istio has/],
  ['beside those of a predecessor', [deployment('new')], [pod('one'), pod('old')], /pods of an earlier Deployment a\/entry-istio are still there/],
])('a Deployment %s is late', async (_, deployments, pods, says) => {
  expect((await podsOfGateway(cluster(deployments, pods), gateway)).late).toMatch(says)
})

test.each([
  ['of a Gateway of the same name that has gone', service('old')],
  ['about to be deleted', service('new', { deletionTimestamp: 'now' })],
])('a Service %s is late: nobody will answer at its address', async (_, one) => {
  expect((await podsOfGateway(cluster([deployment('new')], [pod('one')], [one]), gateway)).late).toBe(
    'Service a/entry-istio is of a Gateway that has gone',
  )
})

test('a Service without the address of its load balancer is late, one that is reached otherwise is not', async () => {
  const lateWith = async (more: object) =>
    (await podsOfGateway(cluster([deployment('new')], [pod('one')], [{ ...service('new'), ...more }]), gateway)).late
  expect(await lateWith({ spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } })).toBe('Service a/entry-istio has no address yet')
  expect(await lateWith({ spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '10.97.0.3' }] } } })).toBeNull()
  expect(await lateWith({ spec: { type: 'ClusterIP' } })).toBeNull()
})

test('pods that are about to end are nobody’s', async () => {
  const { pods, late } = await podsOfGateway(cluster([deployment('new')], [pod('one'), pod('old', true, { deletionTimestamp: 'now' })]), gateway)
  expect([pods.length, late]).toEqual([1, null])
})

test.each([
  ['Service', [deployment('new')], []],
  ['Deployment', [], [service('new')]],
  ['Deployment', [], []],
])('a Gateway without the %s that the control plane makes for it is late: it is about to be made anew', async (kind, deployments, services) => {
  expect((await podsOfGateway(cluster(deployments, [pod('one')], services), gateway)).late).toBe(`Gateway a/entry has no ${kind} yet`)
})

test('of a Gateway that was deployed by hand, and of what nobody may look at, nothing is said', async () => {
  const byHand = { gatewayClassName: 'istio', addresses: [{ type: 'Hostname', value: 'entry.a.svc.cluster.local' }] }
  for (const spec of [byHand, { gatewayClassName: 'of-others' }])
    expect((await podsOfGateway(cluster([], [pod('one')], []), { ...gateway, spec })).late).toBeNull()
  const denied = { list: () => Promise.reject(clusterError('CLUSTER_DENIED', 'no', null)) } as unknown as KubeObjects
  expect(await podsOfGateway(denied, gateway)).toEqual({ pods: [], late: null })
  const gone = { list: () => Promise.reject(clusterError('CLUSTER_UNREACHABLE', 'no', null)) } as unknown as KubeObjects
  await expect(podsOfGateway(gone, gateway)).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})

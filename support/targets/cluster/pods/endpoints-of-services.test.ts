import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../kube/objects.ts'
import { problemOfEndpoints } from './endpoints-of-services.ts'
import type { Pod } from './pod.ts'

const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'run' }, spec: { selector: { app: 'shop' } } }
const pod = { name: 'shop-1', namespace: 'run', labels: { app: 'shop' }, ip: '10.0.0.1', ready: true } as unknown as Pod

const slice = (owner: string | null, ...addresses: string[]): object => ({
  metadata: {
    labels: { 'kubernetes.io/service-name': 'shop' },
    ...(owner === null ? {} : { ownerReferences: [{ kind: 'Service', uid: owner }] }),
  },
  endpoints: addresses.map((address) => ({ addresses: [address] })),
})

const cases: { what: string; slices: object[]; uid?: string | null; problem: string | null }[] = [
  { what: 'its own', slices: [slice('new', '10.0.0.1')], problem: null },
  { what: 'none', slices: [], problem: 'Service shop leads to 0 pods of 1' },
  { what: 'those of a pod that is gone', slices: [slice('new', '10.0.0.1', '10.0.0.9')], problem: 'Service shop leads to 2 pods of 1' },
  // Nothing tells it by its addresses: pods are kept when a Service is made anew.
  {
    what: 'those of an earlier one, too',
    slices: [slice('new', '10.0.0.1'), slice('old', '10.0.0.1')],
    problem: 'endpoints of an earlier Service shop',
  },
  { what: 'those of an earlier one alone', slices: [slice('old', '10.0.0.1')], problem: 'endpoints of an earlier Service shop' },
  { what: 'some that somebody has written', slices: [slice(null, '10.0.0.1')], problem: null },
  { what: 'some, and nobody knows which it is', slices: [slice('old', '10.0.0.1')], uid: null, problem: null },
]

test.each(cases)('endpoints of a service: $what', async ({ slices, uid = 'new', problem }) => {
  const objects = { list: async () => slices } as unknown as KubeObjects
  const told = await problemOfEndpoints({ pods: [pod], services: [service] }, objects, () => uid)
  expect(told).toEqual(problem === null ? null : expect.stringContaining(problem))
})

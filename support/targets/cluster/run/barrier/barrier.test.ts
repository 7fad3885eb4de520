import { expect, test } from 'vitest'
import type { KubeObject, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { Barrier } from './barrier.ts'
import type { ManagedGateway } from '../gateways/managed-gateways.ts'
import { stillWarming } from '../gateways/probed-proxy.ts'
import type { Ledger } from '../restore/ledger.ts'

const reach = { namespaces: ['meshspec-1f2e3d'], ports: [], secured: null, gateways: [], routers: [] }

function barrier(assertHope = async (): Promise<void> => {}) {
  const applied: KubeObject[] = []
  const deleted: string[] = []
  const objects = {
    apply: async (object: KubeObject) => (applied.push(object), object),
    delete: async ({ kind, namespace }: ResourceRef) => deleted.push(`${kind} ${namespace}`),
  } as unknown as KubeObjects
  const ledger = { touch: () => {} } as unknown as Ledger
  return { own: new Barrier({ objects, ledger, run: '1f2e3d', ingressLabel: 'ingressgateway', assertHope }), applied, deleted }
}

/** @param answers in order; the last one for ever. `null`: the generation that is asked for */
function proxy(answers: readonly (string | null)[]) {
  let asked = 0
  const ask = async (_: string, wanted: string) => answers[Math.min(asked++, answers.length - 1)] ?? wanted
  return { probed: { name: 'the sidecar of pod shop', ask }, asked: () => asked }
}

test('it opens when a proxy has told the generation twice in a row', async () => {
  const { own, applied } = barrier()
  const { probed, asked } = proxy(['0', null, '0', null, null])
  await own.pass(reach, [probed], 1, 2000)
  expect(asked()).toBe(5)
  expect(applied.map(({ kind }) => kind)).toEqual(['ServiceEntry', 'VirtualService'])
})

test('not while something is warming there', async () => {
  const { own } = barrier()
  const { probed, asked } = proxy([stillWarming, null, stillWarming, null, null])
  await own.pass(reach, [probed], 1, 2000)
  expect(asked()).toBe(5)
})

test('of rounds before the last one proxy tells enough, though it still warms', async () => {
  const { own } = barrier()
  const late = proxy(['0', '0', '0', '0', null])
  const { probed, asked } = proxy([stillWarming, null])
  await own.pass(reach, [late.probed, probed], 2, 2000)
  expect(asked()).toBe(3)
  expect(late.asked()).toBeGreaterThan(5)
})

test('until one of many has the change they are asked by turns, and then each at once', async () => {
  const { own } = barrier()
  const start = performance.now()
  const arrived = (): boolean => performance.now() - start > 400
  let before = 0
  const proxies = Array.from({ length: 10 }, (_, i) => ({
    name: `the sidecar of pod ${i}`,
    ask: async (_host: string, wanted: string) => {
      if (!arrived()) before += 1
      return arrived() ? wanted : '0'
    },
  }))
  await own.pass(reach, proxies, 1, 5000)
  // Each by itself would have been asked more than 200 times.
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThanOrEqual(30)
})

test('a round that nobody has ends the wait for the next one', async () => {
  const { own, applied } = barrier()
  await expect(own.pass(reach, [proxy(['0']).probed, proxy(['0']).probed], 2, 60)).rejects.toThrow(/shop .*; the sidecar of pod shop /)
  expect(applied.filter(({ kind }) => kind === 'VirtualService')).toHaveLength(1)
})

test.each([
  ['41', 'the sidecar of pod shop still has the config of change 41; the latest is 1'],
  [stillWarming, 'the sidecar of pod shop has change 1, of which some cluster or listener still waits for endpoints, routes or secrets, or'],
  ['no such host', 'the sidecar of pod shop does not tell which config it has (it answers "no such host")'],
])('what stays at %j is not yet programmed', async (answer, says) => {
  const { own } = barrier()
  await expect(own.pass(reach, [proxy([answer]).probed], 1, 60)).rejects.toMatchObject({
    name: 'NotYetProgrammed',
    message: expect.stringContaining(says),
  })
})

test('a Gateway has one route of it: it moves to the namespace that may have it by now', async () => {
  const { own, deleted } = barrier()
  const object = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'front', namespace: 'infra' }, spec: {} }
  const at = (namespace: string, name: string) => ({ object, listener: { name, port: 80, protocol: 'HTTP' }, namespace })
  const pass = (...gateways: ManagedGateway[]) => own.pass({ ...reach, gateways }, [proxy([null]).probed], 1, 2000)
  await pass(at('infra', 'open'))
  await pass(at('infra', 'other'))
  expect(deleted).toEqual([])
  await pass(at('apps', 'labelled'))
  expect(deleted).toEqual(['HTTPRoute infra'])
  await own.leaveGateway()
  expect(deleted).toEqual(['HTTPRoute infra', 'HTTPRoute apps'])
})

test('nobody waits where there is no hope', async () => {
  const { own } = barrier(() => Promise.reject(clusterError('CLUSTER_FAILED', 'the control plane is gone', null)))
  await expect(own.pass(reach, [proxy(['0']).probed], 1, 60_000)).rejects.toMatchObject({ code: 'CLUSTER_FAILED' })
})

import { expect, test } from 'vitest'
import type { KubeObject, ResourceRef } from '../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../kube/objects.ts'
import type { Ledger } from '../run/restore/ledger.ts'
import { Deployments } from './deployments.ts'

const service = (labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'reviews', namespace: 'shop', labels },
  spec: { ports: [{ port: 9080 }] },
})

/** @param found what is there already */
function deployments(found: KubeObject | null, isShared: boolean): { readonly own: Deployments; readonly done: string[] } {
  const done: string[] = []
  const objects = {
    read: async () => (done.push('read'), found),
    apply: async () => void done.push('apply'),
  } as unknown as KubeObjects
  const ledger = { touch: () => void done.push('touch') } as unknown as Ledger
  return { own: new Deployments(objects, ledger, { isShared: () => isShared }), done }
}

test('in a namespace of the user, what is there is left as it is', async () => {
  const { own, done } = deployments(service(), true)
  await expect(own.ask(service())).rejects.toMatchObject({ name: 'NotSupported', message: expect.stringContaining('Service shop/reviews is there') })
  // Neither changed, nor noted as the run's, which would delete it.
  expect(done).toEqual(['read'])
})

test.each([
  ['what is free is taken', null, true, ['read', 'touch', 'apply']],
  ['what a killed run has left is taken', service({ 'meshspec.dev/run': 'abc' }), true, ['read', 'touch', 'apply']],
  ['in a namespace of the run nobody else is', service(), false, ['touch', 'apply']],
] as const)('%s', async (_, found, isShared, steps) => {
  const { own, done } = deployments(found, isShared)
  await own.ask(service())
  expect(done).toEqual(steps)
})

test('what the cluster does not take is asked for again', async () => {
  const answers = [Promise.reject(new Error('404')), Promise.resolve()]
  answers[0]!.catch(() => {})
  const objects = { apply: () => answers.shift() } as unknown as KubeObjects
  const own = new Deployments(objects, { touch: () => {} } as unknown as Ledger, { isShared: () => false })
  await expect(own.ask(service())).rejects.toThrow('404')
  expect(await own.ask(service())).toBe(true)
})

test('what other scenarios have asked for is taken away, but for accounts, which pods that are kept need', async () => {
  const deleted: string[] = []
  const objects = { apply: async () => {}, delete: async ({ kind }: KubeObject) => void deleted.push(kind) } as unknown as KubeObjects
  const own = new Deployments(objects, { touch: () => {}, done: () => {} } as unknown as Ledger, { isShared: () => false })
  await own.ask({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reviews', namespace: 'shop' } })
  expect(await own.ask(service())).toBe(true)
  expect(await own.ask(service())).toBe(false)
  own.endScenario()
  expect(await own.dropForeign()).toBe(true)
  expect(deleted).toEqual(['Service'])
})

test('what keeps a credential is taken away, but for pods without a proxy, which know of none', async () => {
  const deleted: string[] = []
  const objects = {
    apply: async () => {},
    delete: async ({ kind, name }: ResourceRef) => void deleted.push(`${kind} ${name}`),
  } as unknown as KubeObjects
  const own = new Deployments(objects, { touch: () => {}, done: () => {} } as unknown as Ledger, { isShared: () => false })
  const deployment = (name: string, labels: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: { template: { metadata: { labels }, spec: { containers: [] } } },
  })
  await own.ask(deployment('earlier', {}))
  own.endScenario()
  for (const one of [service(), deployment('client', {}), deployment('plain', { 'sidecar.istio.io/inject': 'false' })]) await own.ask(one)
  await own.dropProxies()
  expect(deleted).toEqual(['Service reviews', 'Deployment client'])
  own.endScenario()
  expect(await own.ask(deployment('plain', { 'sidecar.istio.io/inject': 'false' }))).toBe(false)
})

test('what is made anew is told from what was there before', async () => {
  const { own } = deployments(null, false)
  const asked = async (labels: Readonly<Record<string, string>> = {}): Promise<string> => (await own.ask(service(labels)), own.madeAs(service()))
  const first = await asked()
  expect(await asked()).toBe(first)
  const second = await asked({ team: 'a' })
  expect(second).not.toBe(first)
  expect([first, second]).not.toContain(await asked())
})

test('a scenario that asks for what is being taken away gets it anew', async () => {
  const done: string[] = []
  let end: () => void = () => {}
  const objects = {
    apply: async () => void done.push('apply'),
    delete: () => (done.push('delete'), new Promise<void>((resolve) => (end = resolve))),
  } as unknown as KubeObjects
  const own = new Deployments(objects, { touch: () => {}, done: () => {} } as unknown as Ledger, { isShared: () => false })
  await own.ask(service())
  own.endScenario()
  const dropped = own.dropIdleServices()
  const asked = own.ask(service())
  await new Promise(setImmediate)
  expect(done).toEqual(['apply', 'delete'])
  end()
  await dropped
  expect(await asked).toBe(true)
  expect(done).toEqual(['apply', 'delete', 'apply'])
  expect(own.services).toHaveLength(1)
})

import { expect, test } from 'vitest'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { ServiceContext } from '../../../mesh-core/ir/program.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { Behaviours } from './behaviours.ts'

const pods = ['shop-1', 'shop-2'].map((instance) => ({ ref: { namespace: 'default', name: 'shop', instance } }) as WorkloadInstance)
const [first, second] = pods as [WorkloadInstance, WorkloadInstance]

function behaviours(): Behaviours {
  return new Behaviours(() => () => ({ status: 200, headers: new Headers([]), body: '' }))
}

async function statusOf(all: Behaviours, pod: WorkloadInstance): Promise<number> {
  const context = { pod: { namespace: 'default', name: pod.ref.instance, version: '' }, sleep: async () => {} } as unknown as ServiceContext
  return (await all.program(pod)({ method: 'GET', path: '/', headers: new Headers([]), body: '' } as never, context)).status
}

test('what is said of all adds to what is said of one', async () => {
  const all = behaviours()
  all.state([first], { status: 500, first: Infinity })
  all.state(pods, { delayMs: 5 })
  expect([await statusOf(all, first), await statusOf(all, second)]).toEqual([500, 200])
})

test('pods that one sentence means count together', async () => {
  const all = behaviours()
  all.state(pods, { status: 503, first: 2 })
  const seen = [await statusOf(all, first), await statusOf(all, second), await statusOf(all, first), await statusOf(all, second)]
  expect(seen).toEqual([503, 503, 200, 200])
})

test('a delay does not begin the count anew', async () => {
  const all = behaviours()
  all.state(pods, { status: 503, first: 1 })
  expect(await statusOf(all, first)).toBe(503)
  all.state(pods, { delayMs: 5 })
  expect(await statusOf(all, first)).toBe(200)
})

test('pods that come later do as their workload, and count with the others', async () => {
  const all = behaviours()
  all.state([first], { status: 503, first: 2 }, ['default/shop'])
  expect([await statusOf(all, second), await statusOf(all, first), await statusOf(all, second)]).toEqual([503, 503, 200])
})

import { expect, test } from 'vitest'
import type { KubeObject, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { putBack } from './put-back.ts'

const ref: ResourceRef = { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'shop' }

function rule(host: string, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'shop', namespace: 'shop', ...metadata },
    spec: { hosts: [host] },
  }
}

const before = rule('ours')
const byRun = { annotations: { 'meshspec.dev/changed-by': '1f2e3d' } }

interface Found {
  readonly now: KubeObject | null
  readonly namespace?: boolean
}

async function tried(touched: Parameters<typeof putBack>[0], { now, namespace = true }: Found, dryRun = false) {
  const done: unknown[] = []
  const objects = {
    read: async ({ kind }: ResourceRef) => (kind === 'Namespace' ? (namespace ? {} : null) : now),
    replace: async (object: KubeObject) => void done.push(['replace', object]),
    create: async (object: KubeObject) => void done.push(['create', object]),
    delete: async () => void done.push(['delete']),
  } as unknown as KubeObjects
  const lines: string[] = []
  const isDone = await putBack(touched, { objects, run: '1f2e3d', dryRun, say: (line) => lines.push(line.trim()) })
  return { isDone, done, said: lines.join() }
}

test.each<[string, Found, object]>([
  [
    'what the run has changed is as it was',
    { now: rule('theirs', byRun) },
    { done: [['replace', before]], said: 'restore VirtualService shop/shop' },
  ],
  ['what it has deleted is there again', { now: null }, { done: [['create', before]], said: 'restore VirtualService shop/shop' }],
  ['what it had not come to stays', { now: before }, { done: [], said: 'VirtualService shop/shop is as it was: left alone' }],
  [
    'what somebody has put there since stays',
    { now: rule('newer') },
    { done: [], said: 'VirtualService shop/shop is not what the run has put there: left alone' },
  ],
  [
    'another run has it',
    { now: rule('newer', { annotations: { 'meshspec.dev/changed-by': 'abcdef' } }) },
    { done: [], said: 'VirtualService shop/shop is not what the run has put there: left alone' },
  ],
  [
    'nothing is put into a namespace that is gone',
    { now: null, namespace: false },
    { done: [], said: 'VirtualService shop/shop was in a namespace that is gone: left alone' },
  ],
])('%s', async (_, found, wanted) => {
  expect(await tried({ ref, before }, found)).toEqual({ isDone: true, ...wanted })
})

test('what the run has made is deleted, what it only would do is told, and what is kept on another disk stays', async () => {
  const made = rule('theirs', { labels: { 'meshspec.dev/run': '1f2e3d' } })
  expect(await tried({ ref, before: null }, { now: made })).toEqual({ isDone: true, done: [['delete']], said: 'delete VirtualService shop/shop' })
  const dry = await tried({ ref, before }, { now: rule('theirs', byRun) }, true)
  expect(dry).toEqual({ isDone: true, done: [], said: 'would restore VirtualService shop/shop' })
  const withheld = await tried({ ref, on: 'ci-7' }, { now: rule('theirs', byRun) })
  expect(withheld).toMatchObject({ isDone: false, done: [], said: expect.stringContaining('is known on ci-7 alone') })
})

import { expect, test } from 'vitest'
import type { Pod } from './pod.ts'
import { lapsesOf, mishapsOf } from './scenario-pods.ts'

const pod = (name: string, restarts = 0, namespace = 'a', readyContainers = 2): Pod =>
  ({ name, namespace, restarts, readyContainers, containers: 2 }) as unknown as Pod

test('a pod that has gone, or was started again, is told of', () => {
  const before = [pod('client'), pod('shop-1', 1), pod('shop-2')]
  expect(mishapsOf(before, before)).toEqual([])
  // Another one has come, and what was started again before the scenario was is none of it.
  expect(mishapsOf(before, [...before, pod('shop-3', 4)])).toEqual([])
  expect(mishapsOf(before, [pod('client', 2), pod('shop-1', 1), pod('shop-2', 0, 'b')])).toEqual([
    'a container of pod client has ended and was started again (2 times) since the scenario began',
    'pod shop-2 is there no more, and the run has not taken it away',
  ])
  expect(mishapsOf(before, [pod('client', 0, 'a', 1), ...before.slice(1)])).toEqual([
    'pod client has 1 of 2 containers ready; when the scenario began it had 2',
  ])
})

test('a pod that was not ready for a while is told of, unless the scenario may have meant it', () => {
  const ready = (name: string, readySince: string, isReady = true): Pod => ({ ...pod(name), ready: isReady, readySince })
  const before = [ready('client', '1'), ready('shop', '1'), ready('ill', '1', false)]
  expect(lapsesOf(before, before, () => false)).toEqual([])
  const after = [ready('client', '1'), ready('shop', '2'), ready('ill', '2')]
  expect(lapsesOf(before, after, () => false)).toEqual(['pod shop was not ready for a while'])
  expect(lapsesOf(before, after, ({ name }) => name === 'shop')).toEqual([])
  // What is there no more is told otherwise.
  expect(lapsesOf(before, [], () => false)).toEqual([])
})

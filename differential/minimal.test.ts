import { expect, test } from 'vitest'
import type { Difference } from '../vectors/difference.ts'
import { isSeenAgain } from './minimal.ts'
import { type Judgement, type Referee, seedOf } from './referee.ts'

const status: Difference = { call: '#0 GET http://b/ from a.default', field: 'status', wanted: 200, seen: 503 }
const late: Difference = { ...status, field: 'durationMs', wanted: 182, seen: 0 }
const share: Difference = { ...status, field: 'workloads', wanted: { v1: 15, v2: 5 }, seen: { v1: 20 }, note: 'v2 must occur' }

const mesh: Judgement['mesh'] = { name: 'm', config: [], behaviour: {}, calls: [] }
const judgementOf = (of: Judgement['mesh'], differences: readonly Difference[]): Judgement => {
  return { mesh: of, differences, unsteady: [], explained: new Map(), skipped: null, refused: false, observed: [] }
}

/** Sees the difference at some of its looks. */
function refereeThatSees(difference: Difference, looks: readonly boolean[], seeds: number[] = []): Referee {
  return {
    name: 'nobody',
    judge: async (meshes) => meshes.map((one, i) => (seeds.push(seedOf(one)), judgementOf(one, looks[i] ? [difference] : []))),
    close: async () => {},
  }
}

test.each([
  ['a status', status, [false, true, false], true],
  ['a status', status, [false, false, false], false],
  ['a share', share, [true, true, true], true],
  ['a share', share, [true, false, true], false],
  ['lateness', late, [true, false, true], false],
])('%s that differs (%j) at looks %j is seen again: %j', async (_, difference, looks, isSeen) => {
  expect(await isSeenAgain(judgementOf(mesh, [difference]), refereeThatSees(difference, looks))).toBe(isSeen)
})

test('each look has chance of its own', async () => {
  const seeds: number[] = []
  await isSeenAgain(judgementOf(mesh, [share]), refereeThatSees(share, [], seeds))
  expect(new Set([seedOf(mesh), ...seeds]).size).toBe(4)
})

import { expect, test } from 'vitest'
import type { GeneratedMesh } from './generate/mesh.ts'
import { judgeInLanes } from './lanes.ts'
import type { Judgement, Referee } from './referee.ts'

const meshNamed = (name: string): GeneratedMesh => ({ name, config: [], behaviour: {}, calls: [] })

/** Answers when it is told to. */
class Patient implements Referee {
  readonly name = 'patient'
  readonly asked: string[] = []
  answer: () => void = () => {}

  async judge(meshes: readonly GeneratedMesh[]): Promise<readonly Judgement[]> {
    this.asked.push(...meshes.map(({ name }) => name))
    await new Promise<void>((resolve) => (this.answer = resolve))
    return meshes.map((mesh) => ({ mesh, differences: [], unsteady: [], explained: new Map(), skipped: null, refused: false, observed: [] }))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('who is free judges the next batch, and what was judged comes in the order of the batches', async () => {
  const [slow, quick] = [new Patient(), new Patient()]
  const batches = ['a', 'b', 'c', 'd'].map((name) => () => [meshNamed(name)])
  const seen: string[] = []
  const all = (async () => {
    for await (const judgements of judgeInLanes(batches, [slow, quick])) seen.push(...judgements.map(({ mesh }) => mesh.name))
  })()
  for (let i = 0; i < 3; i++) {
    await settled()
    quick.answer()
  }
  await settled()
  expect([slow.asked, quick.asked, seen]).toEqual([['a'], ['b', 'c', 'd'], []])
  slow.answer()
  await all
  expect(seen).toEqual(['a', 'b', 'c', 'd'])
})

test('what a referee fails by ends the run', async () => {
  const failing: Referee = { name: 'failing', judge: () => Promise.reject(new Error('Envoy has ended')), close: () => Promise.resolve() }
  await expect(judgeInLanes([() => [meshNamed('a')]], [failing]).next()).rejects.toThrow('Envoy has ended')
})

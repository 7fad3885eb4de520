import { meshCore } from './engine.ts'
import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeDifference } from '../difference.ts'
import { notYet } from '../not-yet.ts'
import { readMeshObserved, runMeshObserved } from './family.ts'

test('the worlds of vectors/own are beside them, for a clone that has nothing else', () => {
  const named = readMeshObserved('vectors/own').areas.flatMap(({ cases }) => cases.flatMap(({ world }) => world ?? []))
  const there = readdirSync('vectors/own/worlds').map((file) => basename(file, '.yaml'))
  expect([...new Set(named)].toSorted()).toEqual(there.toSorted())
})

for (const folder of ['../shared/upstream/mesh-observed', 'vectors/own']) {
  const there = existsSync(folder)
  const areas = there ? readMeshObserved(folder).areas.filter(({ name }) => !Object.hasOwn(notYet, name)) : []
  describe(`vectors of ${folder}`, () => {
    test.skipIf(there)(`${folder} is not there: its vectors are not run`, () => {})
    test.runIf(there)('are there', () => expect(areas.length).toBeGreaterThan(0))
    for (const { name } of areas)
      test(`all cases of ${name} are as observed`, { timeout: 120_000 }, async () => {
        const complaints: string[] = []
        for await (const { name: vector, differences } of runMeshObserved(readMeshObserved(folder), { area: name, case: null }, await meshCore()))
          if (differences.length > 0) complaints.push(`${vector}\n${differences.map(describeDifference).join('\n')}`)
        expect(complaints.join('\n')).toBe('')
      })
  })
}

import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { readMeshObserved } from './family.ts'

test('the worlds of vectors/own are beside them, for a clone that has nothing else', () => {
  const named = readMeshObserved('vectors/own').areas.flatMap(({ cases }) => cases.flatMap(({ world }) => world ?? []))
  const there = readdirSync('vectors/own/worlds').map((file) => basename(file, '.yaml'))
  expect([...new Set(named)].toSorted()).toEqual(there.toSorted())
})

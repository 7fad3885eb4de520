import { expect, test } from 'vitest'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import { play } from '../vectors/mesh-observed/play.ts'
import { asCase, generateMesh } from './generate/mesh.ts'
import { KindCounts } from './kinds.ts'
import { worldOf } from './worlds.ts'

test('calls of every kind are generated', async () => {
  const [engine, world, counts] = [await meshCore(), worldOf({}), new KindCounts()]
  for (let index = 0; index < 120 && (index < 20 || counts.missing.length > 0); index++) {
    const mesh = generateMesh('kinds', index, 20)
    const outcome = await play(asCase(mesh), world, engine, 1)
    if (outcome.kind === 'observed') counts.add(mesh, outcome.observed)
  }
  expect(counts.missing).toEqual([])
})

import { readFileSync } from 'node:fs'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import type { Engine } from '../vectors/mesh-observed/play.ts'
import { runCase } from '../vectors/mesh-observed/run-case.ts'
import { asCase, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { ask, worldFile } from './oracle.ts'
import type { Judgement, Referee } from './referee.ts'

/** Draws of chance that a single call is compared with. */
const seeds = 100

/** istiod's code and real Envoy, by the oracle. */
export async function againstIstiod(): Promise<Referee> {
  const engine = await meshCore()
  const world = readFileSync(worldFile, 'utf8')
  return {
    name: 'istiod',
    async judge(meshes) {
      const answers = await ask(meshes.map(asCase))
      return Promise.all(answers.map((answer, i) => judgeOne(meshes[i]!, answer, world, engine)))
    },
    close: () => Promise.resolve(),
  }
}

async function judgeOne(mesh: GeneratedMesh, answer: ObservedCase, world: string, engine: Engine): Promise<Judgement> {
  const skipped = answer.skipped ?? null
  const known = new KnownOf('istiod')
  const differences = skipped === null ? await runCase(answer, world, engine, { seeds, ignores: known.covers }) : []
  const refused = answer.rejected !== undefined && differences.length === 0
  const observed = answer.rejected === undefined ? (answer.observed ?? []) : [{ rejected: answer.rejected }]
  return { mesh, differences, unsteady: [], explained: known.count, skipped, refused, observed }
}

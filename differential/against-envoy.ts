import { readFileSync } from 'node:fs'
import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import { realEnvoy } from '../vectors/mesh-observed/envoy-engine.ts'
import { play } from '../vectors/mesh-observed/play.ts'
import { runCase } from '../vectors/mesh-observed/run-case.ts'
import { asCase, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { worldFile } from './oracle.ts'
import type { Judgement, Referee } from './referee.ts'

/** Draws of chance that a single call is compared with. */
const seeds = 100

/** mesh-core's own config in real Envoy: what differs is the data plane. @throws MeshSpecError ENVOY_NOT_FOUND */
export async function againstEnvoy(): Promise<Referee> {
  const core = await meshCore()
  const envoy = await realEnvoy()
  const world = readFileSync(worldFile, 'utf8')
  const judgeOne = async (mesh: GeneratedMesh): Promise<Judgement> => {
    const vector = asCase(mesh)
    const nothing = { mesh, differences: [], explained: 0, skipped: null, refused: false, observed: [] }
    let outcome
    try {
      outcome = await play(vector, world, envoy, 1)
    } catch (error) {
      return { ...nothing, skipped: error instanceof Error ? error.message : String(error) }
    }
    if (outcome.kind === 'rejected') {
      const alone = await play({ ...vector, calls: [] }, world, core, 1)
      return alone.kind === 'rejected' ? { ...nothing, refused: true } : { ...nothing, differences: outcome.errors.map(refusal) }
    }
    const observed: ObservedCase = { ...vector, observed: outcome.observed }
    const known = new KnownOf('envoy')
    const differences = await runCase(observed, world, core, { seeds, ignores: known.covers })
    return { ...nothing, differences, explained: known.count, observed: outcome.observed }
  }
  return {
    name: 'envoy',
    async judge(meshes) {
      const judgements: Judgement[] = []
      for (const mesh of meshes) judgements.push(await judgeOne(mesh))
      return judgements
    },
    close: () => envoy.close(),
  }
}

function refusal({ message }: MeshSpecError): Judgement['differences'][number] {
  return { call: null, field: 'rejected', wanted: message, seen: undefined, note: 'Envoy refuses what mesh-core takes' }
}

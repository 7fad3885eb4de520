import { ConfigRejected, MeshSpecError } from '../../mesh-core/config/errors.ts'
import { createMesh } from '../../mesh-core/create-mesh.ts'
import type { Difference } from '../difference.ts'
import { type EngineName, type Family, isSelected, NoVectors } from '../family.ts'
import { besideVectors, readJson, readVectors } from '../read-vectors.ts'
import { failedChecks } from './checks.ts'
import { isGreeted, NotPlayable, type Open, play } from './play.ts'
import type { Fixture, RoutingVector } from './vector.ts'

/** The world of vectors that lie somewhere without one. */
const sharedFixture = '../shared/upstream/istio-routing/fixture.json'

/** Cases of Istio's integration tests, in the world of their fixture. */
export const istioRouting: Family = {
  folders: ['../shared/upstream/istio-routing'],
  engines: ['core', 'envoy'],
  async *run(path, selection, engineName) {
    const files = readVectors(path, isVector, 'a list of vectors with yaml, call and expect')
    const fixture = readJson(besideVectors(path, 'fixture.json') ?? sharedFixture) as Fixture
    if (!Array.isArray(fixture.services)) throw new NoVectors(`${path}: fixture.json lists no services`)
    const { open, close } = await engine(engineName)
    try {
      for (const { vectors } of files)
        for (const vector of vectors) {
          const name = vector.name.startsWith(`${vector.group}/`) ? vector.name.slice(vector.group.length + 1) : vector.name
          if (!isSelected(selection, vector.group, name)) continue
          const { group: area, skippedUpstream } = vector
          const skipped = skippedUpstream === undefined ? untold(vector, engineName) : `upstream does not run it: ${skippedUpstream}`
          yield { area, name, about: '', skipped, differences: skipped === null ? await runVector(vector, fixture, open) : [] }
        }
    } finally {
      await close()
    }
  },
}

/** Why a vector cannot be played there; `null`: it can. */
function untold({ call }: RoutingVector, engineName: EngineName): string | null {
  return engineName === 'envoy' && isGreeted(call) ? 'its servers speak when they are spoken to' : null
}

async function engine(name: EngineName): Promise<{ open: Open; close(): Promise<void> }> {
  const outside = { outsideName: () => true }
  if (name === 'core') return { open: (options) => createMesh({ ...options, ...outside }), close: async () => {} }
  const envoy = await (await import('../mesh-observed/envoy-engine.ts')).realEnvoy()
  return { open: (options) => envoy.open({ ...options, ...outside }), close: () => envoy.close() }
}

function isVector(item: unknown): item is RoutingVector {
  const { yaml, call, expect } = (item ?? {}) as Partial<RoutingVector>
  return typeof yaml === 'string' && typeof call === 'object' && Array.isArray(expect)
}

async function runVector(vector: RoutingVector, fixture: Fixture, open: Open): Promise<Difference[]> {
  try {
    const played = await play(vector, fixture, open)
    return [
      ...failedChecks(vector.expect, played, vector.call),
      // A check that held by chance, with a field left out of account, would prove nothing.
      ...played.notModelled.map((message) => ({ call: null, field: 'config', wanted: 'modelled', seen: message })),
    ]
  } catch (error) {
    if (error instanceof ConfigRejected || error instanceof MeshSpecError)
      return [{ call: null, field: 'config', wanted: 'accepted', seen: error.message }]
    if (error instanceof NotPlayable) return [{ call: null, field: 'call', wanted: vector.call, seen: error.message }]
    return [{ call: null, field: 'crash', wanted: undefined, seen: (error as Error).stack }]
  }
}

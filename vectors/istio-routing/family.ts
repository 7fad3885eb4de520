import { ConfigRejected, MeshSpecError } from '../../mesh-core/config/errors.ts'
import { groupBy } from '../../mesh-core/compile/group-by.ts'
import { createMesh } from '../../mesh-core/create-mesh.ts'
import type { Difference } from '../difference.ts'
import { type CaseResult, type EngineName, type Family, isSelected, NoVectors } from '../family.ts'
import { tried } from '../mesh-observed/run-case.ts'
import { besideVectors, readJson, readVectors } from '../read-vectors.ts'
import { failedChecks } from './checks.ts'
import { isGreeted, meshKey, NotPlayable, type Open, openWorld, type World } from './play.ts'
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
    const chosen = files.flatMap(({ vectors }) => vectors.filter((vector) => isSelected(selection, vector.group, nameOf(vector))))
    const groups = engineName === 'envoy' ? [...groupBy(chosen, meshKey).values()] : chosen.map((vector) => [vector])
    const together = engineName === 'envoy' ? onEnvoy : 1
    try {
      for (let start = 0; start < groups.length; start += together)
        for (const results of await Promise.all(groups.slice(start, start + together).map((group) => runGroup(group, fixture, open, engineName))))
          yield* results
    } finally {
      await close()
    }
  },
}

/** Meshes that an Envoy has at the same time: it takes config up as changes, and few changes are cheaper than many. */
const onEnvoy = 4

function nameOf({ name, group }: RoutingVector): string {
  return name.startsWith(`${group}/`) ? name.slice(group.length + 1) : name
}

/** One after another, on a mesh of theirs. */
async function runGroup(vectors: readonly RoutingVector[], fixture: Fixture, open: Open, engineName: EngineName): Promise<CaseResult[]> {
  const reasons = vectors.map((vector) =>
    vector.skippedUpstream === undefined ? untold(vector, engineName) : `upstream does not run it: ${vector.skippedUpstream}`,
  )
  const played = vectors.filter((_, i) => reasons[i] === null)
  const opened = played.length === 0 ? null : await tried(() => openWorld(played, fixture, open))
  const results: CaseResult[] = []
  try {
    for (const [i, vector] of vectors.entries()) {
      const skipped = reasons[i]!
      const differences = skipped !== null ? [] : opened instanceof Error ? failure(opened, vector) : await judge(vector, opened!)
      results.push({ area: vector.group, name: nameOf(vector), about: '', skipped, differences })
    }
  } finally {
    if (opened !== null && !(opened instanceof Error)) await opened.close()
  }
  return results
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

async function judge(vector: RoutingVector, world: World): Promise<Difference[]> {
  const played = await tried(() => world.play(vector))
  if (played instanceof Error) return failure(played, vector)
  return [
    ...failedChecks(vector.expect, played, vector.call),
    // A check that held by chance, with a field left out of account, would prove nothing.
    ...played.notModelled.map((message) => ({ call: null, field: 'config', wanted: 'modelled', seen: message })),
  ]
}

function failure(error: Error, { call }: RoutingVector): Difference[] {
  if (error instanceof ConfigRejected || error instanceof MeshSpecError)
    return [{ call: null, field: 'config', wanted: 'accepted', seen: error.message }]
  if (error instanceof NotPlayable) return [{ call: null, field: 'call', wanted: call, seen: error.message }]
  return [{ call: null, field: 'crash', wanted: undefined, seen: error.stack }]
}

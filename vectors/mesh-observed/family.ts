import { type CaseResult, type EngineName, type Family, isSelected, type Selection } from '../family.ts'
import type { ObservedCase } from './case.ts'
import { meshCore } from './engine.ts'
import { type Collection, readCollection } from './folder.ts'
import type { Engine } from './played-mesh.ts'
import { runCase, Unshown } from './run-case.ts'

/** Runs the chosen cases one after another. */
async function* runMeshObserved(collection: Collection, selection: Selection, engine: Engine): AsyncGenerator<CaseResult> {
  for (const { name: area, cases } of collection.areas) {
    for (const vector of cases) {
      if (!isSelected(selection, area, vector.name)) continue
      const { skipped, differences } = vector.skipped === undefined ? await shown(vector, collection, engine) : { ...vector, differences: [] }
      yield { area, name: vector.name, about: vector.about ?? '', skipped: skipped ?? null, differences }
    }
  }
}

async function shown(vector: ObservedCase, collection: Collection, engine: Engine): Promise<Pick<CaseResult, 'skipped' | 'differences'>> {
  try {
    return { skipped: null, differences: await runCase(vector, collection.world(vector.world), engine) }
  } catch (error) {
    if (error instanceof Unshown) return { skipped: error.message, differences: [] }
    throw error
  }
}

/** Worlds that vectors without worlds of their own are built upon. */
const sharedWorlds = '../shared/upstream/mesh-observed/worlds'

export function readMeshObserved(path: string): Collection {
  return readCollection(path, sharedWorlds)
}

const engines: Readonly<Record<EngineName, () => Promise<Engine & { close?(): Promise<void> }>>> = {
  core: meshCore,
  envoy: async () => (await import('./envoy-engine.ts')).realEnvoy(),
}

export const meshObserved: Family = {
  folders: ['../shared/upstream/mesh-observed', 'vectors/own'],
  engines: ['core', 'envoy'],
  async *run(path, selection, engineName) {
    const collection = readMeshObserved(path)
    const engine = await engines[engineName]()
    try {
      yield* runMeshObserved(collection, selection, engine)
    } finally {
      await engine.close?.()
    }
  },
}

import { type CaseResult, type EngineName, type Family, isSelected, type Selection } from '../family.ts'
import { notYet } from '../not-yet.ts'
import { meshCore } from './engine.ts'
import { type Collection, readCollection } from './folder.ts'
import type { Engine } from './play.ts'
import { runCase } from './run-case.ts'

/** Runs the chosen cases one after another. */
export async function* runMeshObserved(collection: Collection, selection: Selection, engine: Engine): AsyncGenerator<CaseResult> {
  for (const { name: area, cases } of collection.areas) {
    for (const vector of cases) {
      if (!isSelected(selection, area, vector.name)) continue
      const skipped = vector.skipped ?? null
      const differences = skipped === null ? await runCase(vector, collection.world(vector.world), engine) : []
      yield { area, name: vector.name, about: vector.about ?? '', skipped, differences }
    }
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
  notYet,
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

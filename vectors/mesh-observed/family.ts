import type { Difference } from '../difference.ts'
import { type Collection, readCollection } from './folder.ts'
import type { Engine } from './play.ts'
import { runCase } from './run-case.ts'

export interface Selection {
  readonly area: string | null
  /** Name of a case. */
  readonly case: string | null
}

export interface CaseResult {
  readonly area: string
  readonly name: string
  readonly about: string
  /** Why the case could not be recorded; such a case neither passes nor fails. */
  readonly skipped: string | null
  readonly differences: readonly Difference[]
}

/** Runs the chosen cases one after another. */
export async function* runMeshObserved(collection: Collection, selection: Selection, engine: Engine): AsyncGenerator<CaseResult> {
  for (const { name: area, cases } of collection.areas) {
    if (selection.area !== null && selection.area !== area) continue
    for (const vector of cases) {
      if (selection.case !== null && selection.case !== vector.name) continue
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

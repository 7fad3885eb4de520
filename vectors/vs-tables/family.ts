import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { readVectors } from '../read-vectors.ts'
import { runBuild } from './build-routes.ts'
import { runMerge } from './merge.ts'
import type { VsTableVector } from './vector.ts'

/** Tables of istiod's unit tests: the translation of VirtualServices, and the merging of delegates. */
export const vsTables: Family = {
  folders: ['../shared/upstream/istio-vs-tables'],
  engines: ['core'],
  async *run(path, selection) {
    for (const { vectors } of readVectors(path, isVector, 'a list of rows with a type'))
      for (const vector of vectors) {
        const name = vector.name.replace(`${vector.type}/`, '')
        if (isSelected(selection, vector.type, name)) yield { area: vector.type, name, about: '', skipped: null, differences: run(vector) }
      }
  },
}

const types = ['mergeHTTPRoutes', 'mergeHTTPMatchRequests', 'hasConflict', 'resolveGatewayName', 'sortVHostRoutes', 'buildHTTPRoutes']

function isVector(item: unknown): item is VsTableVector {
  return types.includes((item as Partial<VsTableVector> | null)?.type ?? '')
}

function run(vector: VsTableVector): Difference[] {
  return vector.type === 'buildHTTPRoutes' ? runBuild(vector) : runMerge(vector)
}

import { runAnalyzers } from '../../mesh-core/analyze/run-analyzers.ts'
import { analyzers, furtherAnalyzers } from '../../mesh-core/analyze/analyzers.ts'
import { analyzeClusters, clusterAnalyzers } from '../../mesh-core/analyze/clusters.ts'
import { fullName } from '../../mesh-core/analyze/inventory.ts'
import type { Message } from '../../mesh-core/analyze/message.ts'
import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { besideVectors, readJson, readVectors } from '../read-vectors.ts'
import { type AnalyzeVector, isAnalyzeVector } from './vector.ts'
import { clustersOf, inventoryOf } from './world.ts'

/** The tests of `istioctl analyze`: the exact set of messages of one analyzer. */
export const istioAnalyze: Family = {
  folders: ['../shared/upstream/istio-analyze'],
  engines: ['core'],
  async *run(path, selection) {
    const index = besideVectors(path, 'index.json')
    const { implicitResources = '' } = (index === null ? {} : readJson(index)) as { readonly implicitResources?: string }
    for (const { name: area, vectors } of readVectors(path, isAnalyzeVector, 'a list of analyzer tests'))
      for (const vector of vectors)
        if (isSelected(selection, area, vector.name))
          yield { area, name: vector.name, about: vector.analyzer, skipped: null, differences: run(vector, implicitResources) }
  },
}

function run(vector: AnalyzeVector, implicit: string): Difference[] {
  const messages = messagesOf(vector, implicit)
  if (messages === null) return [{ call: null, field: 'analyzer', wanted: vector.analyzer, seen: undefined }]
  const seen = messages.map(({ code, level, resource }) => `${level} ${code} ${resource.kind} ${fullName(resource)}`).sort()
  const wanted = vector.expected.map(({ code, level, resource }) => `${level.toLowerCase()} ${code} ${resource}`).sort()
  return seen.join('\n') === wanted.join('\n') ? [] : [{ call: null, field: 'messages', wanted, seen }]
}

/** `null` where there is no such analyzer. */
function messagesOf(vector: AnalyzeVector, implicit: string): readonly Message[] | null {
  // All that look at several clusters are run.
  if (vector.clusters) return clusterAnalyzers.some(({ name }) => name === vector.analyzer) ? analyzeClusters(clustersOf(vector)) : null
  const chosen = [...analyzers, ...furtherAnalyzers].filter(({ name }) => name === vector.analyzer)
  return chosen.length === 0 ? null : runAnalyzers(inventoryOf(vector, implicit), chosen)
}

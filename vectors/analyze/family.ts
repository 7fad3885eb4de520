import { analyze } from '../../mesh-core/analyze/analyze.ts'
import type { Analyzer } from '../../mesh-core/analyze/analyzer.ts'
import { analyzers, furtherAnalyzers } from '../../mesh-core/analyze/analyzers.ts'
import { fullName } from '../../mesh-core/analyze/inventory.ts'
import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { besideVectors, readJson, readVectors } from '../read-vectors.ts'
import { type AnalyzeVector, isAnalyzeVector } from './vector.ts'
import { inventoryOf } from './world.ts'

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

const ofSeveralClusters: readonly Analyzer[] = analyzers.filter(({ name }) => name === 'services.MultiClusterServiceAnalyzer')

function run(vector: AnalyzeVector, implicit: string): Difference[] {
  const chosen = vector.clusters ? ofSeveralClusters : [...analyzers, ...furtherAnalyzers].filter(({ name }) => name === vector.analyzer)
  if (chosen.length === 0) return [{ call: null, field: 'analyzer', wanted: vector.analyzer, seen: undefined }]
  const messages = analyze(inventoryOf(vector, implicit), chosen)
  const seen = messages.map(({ code, level, resource }) => `${level} ${code} ${resource.kind} ${fullName(resource)}`).sort()
  const wanted = vector.expected.map(({ code, level, resource }) => `${level.toLowerCase()} ${code} ${resource}`).sort()
  return seen.join('\n') === wanted.join('\n') ? [] : [{ call: null, field: 'messages', wanted, seen }]
}

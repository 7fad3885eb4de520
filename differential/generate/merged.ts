import { isDeepStrictEqual } from 'node:util'
import type { ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { Draw } from '../draw.ts'
import type { Document } from './document.ts'
import type { GeneratedMesh } from './mesh.ts'
import { isTaken, nameOf, quickened, readRecorded, type Recorded } from './recorded.ts'

/** What others name, or traffic goes to: under another name it would be another thing. */
const named: ReadonlySet<string> = new Set([
  ...[
    'Service',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Pod',
    'Gateway',
    'ListenerSet',
    'GatewayClass',
    'IngressClass',
    'WorkloadEntry',
    'WorkloadGroup',
  ],
  ...['Namespace', 'Secret', 'ConfigMap', 'ServiceAccount'],
])

/** Recorded meshes of one world put together: rules that nobody has thought of beside each other. */
export class MergedMeshes {
  readonly #recorded: readonly Recorded[]

  constructor(vectors: readonly ObservedCase[]) {
    this.#recorded = readRecorded(vectors.filter(isOfSingleCalls))
  }

  /** The same seed and index give the same mesh. */
  make(seed: string, index: number, callCount: number): GeneratedMesh {
    const draw = new Draw(`${seed}/merged/${index}`)
    for (;;) {
      const { vector } = draw.one(this.#recorded)
      const beside = this.#recorded.filter((other) => other.vector.world === vector.world)
      const parts = draw.many(2, 6, () => draw.one(beside))
      const config = renamed(parts.map((part) => part.config))
      if (isTaken(config)) return { name: `merged-${seed}-${index}`, config, ...rest(draw, parts, callCount) }
    }
  }
}

/** What is counted, or takes its time, depends on what was asked before. */
function isOfSingleCalls({ rejected, skipped, calls = [] }: ObservedCase): boolean {
  const isSingle = calls.every(({ times, pause, parallel, timeout }) => [times, pause, parallel, timeout].every((field) => field === undefined))
  return rejected === undefined && skipped === undefined && isSingle
}

/** A rule of a name that is taken gets another. */
function renamed(configs: readonly (readonly Document[])[]): readonly Document[] {
  const merged: Document[] = []
  for (const [i, config] of configs.entries())
    for (const document of config) {
      const same = merged.find((other) => nameOf(other) === nameOf(document))
      if (same && isDeepStrictEqual(same, document)) continue
      const { metadata } = document
      merged.push(same && !named.has(document.kind) ? { ...document, metadata: { ...metadata, name: `${metadata.name}-${i}` } } : document)
    }
  return merged
}

function rest(draw: Draw, parts: readonly Recorded[], callCount: number): Omit<GeneratedMesh, 'name' | 'config'> {
  const calls = parts.flatMap((part) => part.calls)
  const inbound = [...new Set(parts.flatMap(({ vector }) => vector.inbound ?? []))]
  const meshConfig = Object.assign({}, ...parts.map(({ vector }) => vector.meshConfig))
  const { world } = parts[0]!.vector
  return {
    behaviour: Object.assign({}, ...parts.map(({ vector }) => vector.behaviour)),
    calls: draw.some(calls, Math.min(calls.length, callCount), Math.min(calls.length, callCount)).map(quickened),
    ...(world !== undefined && { world }),
    ...(Object.keys(meshConfig).length > 0 && { meshConfig }),
    ...(inbound.length > 0 && { inbound }),
  }
}

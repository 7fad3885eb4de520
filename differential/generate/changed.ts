import { parseAllDocuments } from 'yaml'
import type { ObservedCall, ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { Draw } from '../draw.ts'
import { Change } from './change.ts'
import { Corpus } from './corpus.ts'
import type { Document } from './document.ts'
import type { GeneratedMesh } from './mesh.ts'

/** A recorded mesh, read. */
interface Recorded {
  readonly vector: ObservedCase
  readonly config: readonly Document[]
  readonly calls: readonly ObservedCall[]
}

/** Requests of a call whose answers are counted: as many are to be sent again, and no more. */
const mostTimes = 60

/** Changed copies of recorded meshes: what people have thought of to try, and what is near to it. */
export class ChangedMeshes {
  readonly #recorded: readonly Recorded[]
  readonly #corpus: Corpus

  constructor(vectors: readonly ObservedCase[]) {
    this.#recorded = vectors.flatMap((vector) => {
      const config = documentsOf(vector.config)
      return config && vector.calls && vector.calls.length > 0 ? [{ vector, config, calls: vector.calls }] : []
    })
    this.#corpus = new Corpus(this.#recorded.flatMap(({ config }) => config))
  }

  /** The same seed and index give the same mesh. */
  make(seed: string, index: number, callCount: number): GeneratedMesh {
    const draw = new Draw(`${seed}/changed/${index}`)
    for (;;) {
      const recorded = draw.one(this.#recorded)
      const beside = this.#recorded.filter(({ vector }) => vector.world === recorded.vector.world)
      const change = new Change(draw, this.#corpus, beside.map(({ config }) => config).flat())
      const config = change.of(recorded.config)
      if (isTaken(config)) return { ...this.#mesh(draw, recorded, beside, callCount), name: `changed-${seed}-${index}`, config }
    }
  }

  #mesh(draw: Draw, { vector, calls }: Recorded, beside: readonly Recorded[], callCount: number): Omit<GeneratedMesh, 'name' | 'config'> {
    const { world, meshConfig, behaviour = {}, inbound } = vector
    const others = draw.many(1, 4, () => draw.one(draw.one(beside).calls))
    const chosen = [...calls, ...others.map((call) => ({ ...call, ...draw.maybe(0.2, () => ({ from: draw.one(draw.one(beside).calls).from })) }))]
    return {
      behaviour,
      calls: chosen.slice(0, callCount).map(quickened),
      ...(world !== undefined && { world }),
      ...(meshConfig && { meshConfig }),
      ...(inbound && { inbound }),
    }
  }
}

/** `null` for what is no list of objects, or is about what the differential knows nothing of. */
function documentsOf(text = ''): readonly Document[] | null {
  const documents = parseAllDocuments(text, { logLevel: 'silent' })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null
  const values = documents.map((document) => document.toJS() as Partial<Document> | null).filter((value) => value !== null)
  return values.length > 0 && values.every(isObject) ? values : null
}

/** The tests of `EnvoyFilter` have vectors of their own. */
const leftOut: ReadonlySet<string> = new Set(['EnvoyFilter'])

function isObject(value: Partial<Document>): value is Document {
  return typeof value === 'object' && typeof value.kind === 'string' && typeof value.metadata?.name === 'string' && !leftOut.has(value.kind)
}

/** Each by a connection of its own: what no HTTP filter looks at goes where the first went, and is written of once. */
function quickened({ pause: _, ...call }: ObservedCall): ObservedCall {
  return call.times === undefined ? call : { ...call, times: Math.min(call.times, mostTimes), newConnections: true }
}

/** Kubernetes has one object of a name, and one port of a name in a Service; the stand-in for it does not say so. */
function isTaken(config: readonly Document[]): boolean {
  const names = config.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`)
  return areDistinct(names) && config.every(({ kind, spec }) => kind !== 'Service' || areDistinct(portNames(spec)))
}

function portNames(spec: Document['spec'] | undefined): readonly unknown[] {
  const ports: unknown = spec?.['ports']
  return Array.isArray(ports) ? ports.map((port: { readonly name?: unknown } | null) => port?.name) : []
}

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

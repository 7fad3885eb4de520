import type { ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { Draw } from '../draw.ts'
import { Change } from './change.ts'
import { Corpus } from './corpus.ts'
import type { GeneratedMesh } from './mesh.ts'
import { isTaken, quickened, readRecorded, type Recorded } from './recorded.ts'

/** Changed copies of recorded meshes: what people have thought of to try, and what is near to it. */
export class ChangedMeshes {
  readonly #recorded: readonly Recorded[]
  readonly #corpus: Corpus

  constructor(vectors: readonly ObservedCase[]) {
    this.#recorded = readRecorded(vectors)
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

import type { ObservedCase } from '../../vectors/mesh-observed/case.ts'
import { readCollection } from '../../vectors/mesh-observed/folder.ts'
import { Draw } from '../draw.ts'
import { withAdditions } from './additions.ts'
import { Change } from './change.ts'
import { ChangedMeshes } from './changed.ts'
import { Corpus } from './corpus.ts'
import { MergedMeshes } from './merged.ts'
import { type GeneratedMesh } from './mesh.ts'
import { isTaken, readRecorded, type Recorded } from './recorded.ts'
import { Surroundings } from './surroundings.ts'

export interface FromFolders {
  /** Meshes of this folder are changed. */
  readonly changing?: string
  /** Meshes of this folder are put together. */
  readonly merging?: string
  /** Are they to have further things beside them? */
  readonly adding?: boolean
}

/** The same seed and index give the same mesh. `null` without a folder. */
export function recordedMeshes({
  changing,
  merging,
  adding = false,
}: FromFolders): ((seed: string, index: number, calls: number) => GeneratedMesh) | null {
  if (merging === undefined && changing === undefined) return null
  const vectors = vectorsOf(merging ?? changing!)
  const recorded = merging === undefined ? new ChangedMeshes(vectors) : new MergedMeshes(vectors)
  const changes = merging !== undefined && changing !== undefined ? new Changes(readRecorded(vectorsOf(changing))) : null
  const around = new AllSurroundings(readRecorded(vectors))
  return (seed, index, calls) => {
    const mesh = recorded.make(seed, index, calls)
    const changed = changes ? changes.of(new Draw(`${seed}/further/${index}`), mesh) : mesh
    return adding ? withAdditions(new Draw(`${seed}/adding/${index}`), changed, around.of(mesh)) : changed
  }
}

function vectorsOf(folder: string): readonly ObservedCase[] {
  return readCollection(folder, folder).areas.flatMap((area) => area.cases)
}

/** Of what stands at the same places in recorded meshes. */
class Changes {
  readonly #corpus: Corpus
  readonly #recorded: readonly Recorded[]

  constructor(recorded: readonly Recorded[]) {
    this.#recorded = recorded
    this.#corpus = new Corpus(recorded.flatMap(({ config }) => config))
  }

  of(draw: Draw, mesh: GeneratedMesh): GeneratedMesh {
    const beside = this.#recorded.filter(({ vector }) => vector.world === mesh.world).flatMap(({ config }) => config)
    const change = new Change(draw, this.#corpus, beside.length > 0 ? beside : mesh.config)
    for (;;) {
      const config = change.of(mesh.config)
      if (isTaken(config)) return { ...mesh, config }
    }
  }
}

class AllSurroundings {
  readonly #recorded: readonly Recorded[]
  readonly #made = new Map<string | undefined, Surroundings>()

  constructor(recorded: readonly Recorded[]) {
    this.#recorded = recorded
  }

  of({ world }: GeneratedMesh): Surroundings {
    const made =
      this.#made.get(world) ??
      new Surroundings(
        world,
        this.#recorded.filter(({ vector }) => vector.world === world),
      )
    this.#made.set(world, made)
    return made
  }
}

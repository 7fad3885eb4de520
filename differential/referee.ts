import { Draw } from './draw.ts'
import type { Difference } from '../vectors/difference.ts'
import type { GeneratedMesh } from './generate/mesh.ts'

/** What became of one mesh. */
export interface Judgement {
  readonly mesh: GeneratedMesh
  /** Those that no listed reason explains. */
  readonly differences: readonly Difference[]
  /** Seen once, and not again. */
  readonly unsteady: readonly Difference[]
  /** So many were explained, by the reason. */
  readonly explained: ReadonlyMap<string, number>
  /** Why the mesh could not be judged; then there are no differences. */
  readonly skipped: string | null
  /** The config was refused by both. */
  readonly refused: boolean
  /** What the other side answered, call by call. */
  readonly observed: readonly unknown[]
}

/** Compares mesh-core with another implementation. */
export interface Referee {
  readonly name: string
  /** In the order of the meshes. Many at once, where that is cheaper. */
  judge(meshes: readonly GeneratedMesh[]): Promise<readonly Judgement[]>
  close(): Promise<void>
}

/** Of mesh-core's chance: another one at each look, for those have names of their own. */
export function seedOf({ name }: GeneratedMesh): number {
  return new Draw(`${name}/chance`).between(1, 1_000_000)
}

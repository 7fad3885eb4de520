import { WrongArguments } from './command-line.ts'
import type { Difference } from './difference.ts'

export interface Selection {
  readonly area: string | null
  /** Name of a case. */
  readonly case: string | null
}

/** What came of one vector. */
export interface CaseResult {
  /** What results are counted by: a file of vectors, or a group of them. */
  readonly area: string
  readonly name: string
  readonly about: string
  /** Why the case is not run (it could not be recorded, say); such a case neither passes nor fails. */
  readonly skipped: string | null
  readonly differences: readonly Difference[]
}

/** The data plane under test: mesh-core's own, or Envoy's. */
export type EngineName = 'core' | 'envoy'

/** Vectors of one format, and what runs them. */
export interface Family {
  /** Where they lie, when nothing else is said. */
  readonly folders: readonly string[]
  readonly engines: readonly EngineName[]
  /** @throws NoVectors */
  run(path: string, selection: Selection, engine: EngineName): AsyncIterable<CaseResult>
}

/** A folder or a file that holds no vectors. */
export class NoVectors extends WrongArguments {
  override readonly name = 'NoVectors'
}

export function isSelected({ area, case: name }: Selection, group: string, vector: string): boolean {
  return (area === null || area === group) && (name === null || name === vector)
}

import type { ErrorCode } from './errors.ts'
import { MeshSpecError } from './errors.ts'
import { locate } from './locate.ts'
import type { Resource } from './resource.ts'
import { originAt } from './resource.ts'

export type FieldPath = readonly (string | number)[]

export interface Problem {
  readonly code: ErrorCode
  /** Of the offending value; of the field that is missing, when one is. */
  readonly path: FieldPath
  readonly problem: string
  readonly hint?: string | null
}

/** Takes a problem of the resource at hand. */
export type Report = (problem: Problem) => void

/** A problem of a resource, with its place in the text. */
export function findingOf(resource: Resource, { code, path, problem, hint = null }: Problem): MeshSpecError {
  const origin = originAt(resource, path)
  return new MeshSpecError({
    code,
    origin,
    place: { file: resource.source.file, position: locate(resource.source, origin.document, origin.path) },
    problem,
    hint,
  })
}

import type { MeshSpecError } from './errors.ts'
import type { PassedOver } from './foreign-document.ts'
import type { NotModelled, Resource } from './resource.ts'

/** What was read. Resources of documents that are in order are there even if others are not. */
export interface ReadResult {
  readonly resources: readonly Resource[]
  readonly errors: readonly MeshSpecError[]
  readonly notModelled: readonly NotModelled[]
  /** Documents of a folder that are none of a mesh's config. */
  readonly passedOver: readonly PassedOver[]
}

/** Several results as one, in order. */
export function mergeResults(results: readonly ReadResult[]): ReadResult {
  return {
    resources: results.flatMap((result) => result.resources),
    errors: results.flatMap((result) => result.errors),
    notModelled: results.flatMap((result) => result.notModelled),
    passedOver: results.flatMap((result) => result.passedOver),
  }
}

export function failed(error: MeshSpecError): ReadResult {
  return { resources: [], errors: [error], notModelled: [], passedOver: [] }
}

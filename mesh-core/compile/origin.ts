import type { Resource } from '../config/resource.ts'
import type { Origin } from '../ir/origin.ts'

/** The origin of a field below. */
export function at(origin: Origin, ...path: (string | number)[]): Origin {
  return { file: origin.file, document: origin.document, resource: origin.resource, path: [...origin.path, ...path] }
}

export function originOf(resource: Resource, ...path: (string | number)[]): Origin {
  return at(resource.origin, ...path)
}

/** What no user wrote: defaults of istiod. */
export function builtIn(what: string): Origin {
  return { file: '<built-in>', document: 0, resource: what, path: [] }
}

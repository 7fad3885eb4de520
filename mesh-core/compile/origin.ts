import type { Resource } from '../config/resource.ts'
import type { Origin } from '../ir/origin.ts'

/** The origin of a field below. Routes keep some five of them each: `concat` makes lists that are no longer than they need to be. */
export function at(origin: Origin, ...path: (string | number)[]): Origin {
  return { file: origin.file, document: origin.document, resource: origin.resource, path: origin.path.concat(path) }
}

export function originOf(resource: Resource, ...path: (string | number)[]): Origin {
  return at(resource.origin, ...path)
}

/** What no user wrote: defaults of istiod. */
export function builtIn(what: string): Origin {
  return { file: '<built-in>', document: 0, resource: what, path: [] }
}

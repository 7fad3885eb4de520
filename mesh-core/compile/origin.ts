import type { Resource } from '../config/resource.ts'
import type { Origin } from '../ir/origin.ts'

type Path = Origin['path']

/** The paths below one, by the step that leads there: 10,000 resources have the same fields, and a route keeps some five paths. */
const below = new WeakMap<Path, Map<string | number, Path>>()
/** So many are kept; what stands elsewhere yet (names of headers, say) has paths of its own. */
const mostKept = 100_000
let kept = 0

/** The origin of a field below. */
export function at(origin: Origin, ...path: (string | number)[]): Origin {
  return { file: origin.file, document: origin.document, resource: origin.resource, path: path.reduce(longer, origin.path) }
}

function longer(path: Path, step: string | number): Path {
  const known = below.get(path) ?? new Map<string | number, Path>()
  const found = known.get(step)
  if (found) return found
  const made = path.concat(step)
  if (kept === mostKept) return made
  kept++
  below.set(path, known.set(step, made))
  return made
}

export function originOf(resource: Resource, ...path: (string | number)[]): Origin {
  return at(resource.origin, ...path)
}

/** What no user wrote: defaults of istiod. */
export function builtIn(what: string): Origin {
  return { file: '<built-in>', document: 0, resource: what, path: [] }
}

import type { MeshSpecError } from './errors.ts'
import type { Resource } from './resource.ts'

/** What the API server and istiod's webhook say of a resource. */
export interface Verdict {
  /** Why it is refused; empty when it is accepted. */
  readonly errors: readonly MeshSpecError[]
  /** What istiod warns of and accepts. */
  readonly warnings: readonly MeshSpecError[]
}

/** Resources are immutable and applied again and again: each is judged once. */
const verdicts = new WeakMap<Resource, Verdict>()

export function validateResource(resource: Resource): Verdict {
  const known = verdicts.get(resource)
  if (known) return known
  const verdict = judge(resource)
  verdicts.set(resource, verdict)
  return verdict
}

function judge(_resource: Resource): Verdict {
  return { errors: [], warnings: [] }
}

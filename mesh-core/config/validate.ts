import { checkEncoded, encodedFields } from './encoded-values.ts'
import type { MeshSpecError } from './errors.ts'
import type { Problem } from './finding.ts'
import { findingOf } from './finding.ts'
import { checkGatewayApi } from './gateway-api/check.ts'
import { checkIstio } from './istio/checks.ts'
import { Judge } from './istio/judge.ts'
import { kindInfo } from './kinds.ts'
import { checkMetadata } from './metadata.ts'
import type { Resource } from './resource.ts'
import { groupOf } from './resource.ts'
import { checkService } from './service.ts'
import { checkStructure } from './schema/structure.ts'
import { unknownKind } from './unknown-kind.ts'

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

/** One after the other, as in a cluster: what has the wrong fields is not looked at more closely. */
function judge(resource: Resource): Verdict {
  const { object, apiVersion, kind } = resource
  const found = (problems: readonly Problem[]): readonly MeshSpecError[] => problems.map((problem) => findingOf(resource, problem))
  if (!kindInfo(apiVersion, kind)) {
    const unknown = unknownKind(apiVersion, kind)
    return { errors: unknown ? found([unknown]) : [], warnings: [] }
  }
  const structural: Problem[] = []
  const report = (problem: Problem): void => void structural.push(problem)
  checkStructure(object, apiVersion, kind, report)
  if (structural.length === 0) checkMetadata(kind, object.metadata ?? {}, report)
  if (structural.every(isOfUnknownField) && groupOf(apiVersion) === 'gateway.networking.k8s.io') checkGatewayApi(object, apiVersion, kind, report)
  if (structural.length === 0 && apiVersion === 'v1' && kind === 'Service') checkService(object.spec ?? {}, report)
  const encoded = apiVersion === 'v1' ? encodedFields[kind] : undefined
  if (structural.length === 0 && encoded !== undefined) checkEncoded(object, encoded, report)
  if (structural.length > 0) return { errors: found(structural), warnings: [] }
  const { errors, warnings } = meaningOf(resource)
  return { errors: found(errors), warnings: found(warnings) }
}

/** What else is there is looked at as if it was not. */
function isOfUnknownField({ code }: Problem): boolean {
  return code === 'UNKNOWN_FIELD'
}

/** What istiod's webhook says. */
function meaningOf(resource: Resource): Judge {
  const judge = new Judge()
  checkIstio(resource, groupOf(resource.apiVersion), judge)
  return judge
}

import type { Resource } from '../../config/resource.ts'
import { gatewayApi, gatewayController } from '../../registry/managed-gateways.ts'
import type { AttachedRoute } from './attached-route.ts'
import { authorityRefs, backendTlsSpec, targetOf } from './backend-tls.ts'
import { condition, type Problem } from './conditions.ts'
import { emptyStatus, generationOf, type ObjectStatus, type ParentStatus } from './object-status.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendRef } from './types.ts'

/** Of BackendTLSPolicies, by the Gateways whose routes lead to what they are about. */
export function policyStatuses(routes: readonly AttachedRoute<unknown>[], surroundings: Surroundings): ObjectStatus[] {
  const policies = surroundings.ofKind('BackendTLSPolicy')
  return policies.map((resource, i) => {
    const problems = authorityRefs(resource, surroundings).map(({ problem }) => problem)
    const refused = conflictWith(resource, policies.slice(0, i)) ?? missingTarget(resource, surroundings) ?? withoutAuthority(resource, problems)
    const generation = generationOf(resource)
    const conditions = [
      condition('Accepted', 'Accepted', refused, generation),
      condition('ResolvedRefs', 'ResolvedRefs', problems.find((problem) => problem !== null) ?? null, generation),
    ]
    const ancestors = gatewaysOf(resource, routes).map(({ namespace, name }): ParentStatus => ({
      parentRef: { group: gatewayApi, kind: 'Gateway', namespace, name },
      controllerName: gatewayController,
      conditions,
    }))
    return { ...emptyStatus, resource, ancestors }
  })
}

/** Two for the same target, with the same section or both without: the older acts. @param older in order of age */
function conflictWith(policy: Resource, older: readonly Resource[]): Problem | null {
  const keysOf = (one: Resource): string[] =>
    (backendTlsSpec(one).targetRefs ?? []).map((ref) => JSON.stringify([one.namespace, ref.group ?? '', ref.kind, ref.name, ref.sectionName ?? '']))
  const own = new Set(keysOf(policy))
  const other = older.find((one) => keysOf(one).some((key) => own.has(key)))
  return other ? { reason: 'Conflicted', message: `BackendTLSPolicy "${other.name}" is older and has the same target` } : null
}

function missingTarget(policy: Resource, surroundings: Surroundings): Problem | null {
  for (const ref of backendTlsSpec(policy).targetRefs ?? []) {
    const target = targetOf(ref, policy, surroundings)
    if ('problem' in target) return target.problem
  }
  return null
}

/** Nothing is left that a certificate could be checked against. */
function withoutAuthority(policy: Resource, problems: readonly (Problem | null)[]): Problem | null {
  const { wellKnownCACertificates: known } = backendTlsSpec(policy).validation ?? {}
  if (known) return known === 'System' ? null : { reason: 'Invalid', message: `wellKnownCACertificates "${known}" is none that is known` }
  const [first] = problems
  return first && problems.every((problem) => problem !== null) ? { reason: 'NoValidCACertificate', message: first.message } : null
}

/** Each once, in order of the routes. */
function gatewaysOf(policy: Resource, routes: readonly AttachedRoute<unknown>[]): Resource[] {
  const targets = backendTlsSpec(policy).targetRefs ?? []
  const leadsThere = ({ resource }: AttachedRoute<unknown>): boolean => {
    const rules: readonly { readonly backendRefs?: readonly BackendRef[] }[] = resource.object['spec']?.rules ?? []
    const backends = rules.flatMap(({ backendRefs }) => backendRefs ?? [])
    return backends.some(
      (backend) =>
        (backend.namespace ?? resource.namespace) === policy.namespace &&
        targets.some(
          ({ group = '', kind, name }) => group === (backend.group ?? '') && kind === (backend.kind ?? 'Service') && name === backend.name,
        ),
    )
  }
  const gateways = routes
    .filter(leadsThere)
    .flatMap(({ attachments }) => attachments.flatMap((one) => (one.kind === 'listener' && !one.denied ? one.binding.gateway : [])))
  return [...new Set(gateways)]
}

import type { Resource } from '../../config/resource.ts'
import { gatewayApi, gatewayController } from '../../registry/managed-gateways.ts'
import type { AttachedRoute } from './attached-route.ts'
import { condition, type Problem } from './conditions.ts'
import { emptyStatus, generationOf, type ObjectStatus, type ParentStatus } from './object-status.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendRef, ObjectRef } from './types.ts'

interface PolicySpec {
  readonly targetRefs?: readonly (ObjectRef & { readonly sectionName?: string })[]
  readonly validation?: { readonly caCertificateRefs?: readonly ObjectRef[]; readonly wellKnownCACertificates?: string }
}

/** Of BackendTLSPolicies, by the Gateways whose routes lead to what they are about. What they do to connections is not modelled. */
export function policyStatuses(routes: readonly AttachedRoute<unknown>[], surroundings: Surroundings): ObjectStatus[] {
  const policies = surroundings.ofKind('BackendTLSPolicy')
  return policies.map((resource, i) => {
    const unresolved = unresolvedRefs(resource, surroundings)
    const refused = conflictWith(resource, policies.slice(0, i)) ?? (unresolved.all ? unresolved.refusal : null)
    const generation = generationOf(resource)
    const conditions = [
      condition('Accepted', 'Accepted', refused, generation),
      condition('ResolvedRefs', 'ResolvedRefs', unresolved.problem, generation),
    ]
    const ancestors = gatewaysOf(resource, routes).map(({ namespace, name }): ParentStatus => ({
      parentRef: { group: gatewayApi, kind: 'Gateway', namespace, name },
      controllerName: gatewayController,
      conditions,
    }))
    return { ...emptyStatus, resource, ancestors }
  })
}

function specOf(policy: Resource): PolicySpec {
  return policy.object['spec'] ?? {}
}

/** Two for the same target, with the same section or both without: the older acts. @param older in order of age */
function conflictWith(policy: Resource, older: readonly Resource[]): Problem | null {
  const keysOf = ({ namespace, object }: Resource): string[] =>
    ((object['spec'] as PolicySpec).targetRefs ?? []).map((ref) =>
      JSON.stringify([namespace, ref.group ?? '', ref.kind, ref.name, ref.sectionName ?? '']),
    )
  const own = new Set(keysOf(policy))
  const other = older.find((one) => keysOf(one).some((key) => own.has(key)))
  return other ? { reason: 'Conflicted', message: `BackendTLSPolicy "${other.name}" is older and has the same target` } : null
}

interface Unresolved {
  readonly problem: Problem | null
  /** Nothing is left that a certificate could be checked against. */
  readonly all: boolean
  readonly refusal: Problem
}

function unresolvedRefs(policy: Resource, { object }: Surroundings): Unresolved {
  const { caCertificateRefs = [], wellKnownCACertificates } = specOf(policy).validation ?? {}
  const problems = caCertificateRefs.flatMap(({ group = '', kind, name }): Problem[] => {
    const place = `${kind} "${policy.namespace}/${name}"`
    if (group !== '' || kind !== 'ConfigMap') return [{ reason: 'InvalidKind', message: `${group}/${place} is no ConfigMap` }]
    const text = String(object('ConfigMap', policy.namespace, name)?.object['data']?.['ca.crt'] ?? '')
    const isCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
    return isCertificate ? [] : [{ reason: 'InvalidCACertificateRef', message: `${place} holds no certificate in ca.crt` }]
  })
  const all = caCertificateRefs.length > 0 && problems.length === caCertificateRefs.length && !wellKnownCACertificates
  return { problem: problems[0] ?? null, all, refusal: { reason: 'NoValidCACertificate', message: problems[0]?.message ?? '' } }
}

/** Each once, in order of the routes. */
function gatewaysOf(policy: Resource, routes: readonly AttachedRoute<unknown>[]): Resource[] {
  const targets = specOf(policy).targetRefs ?? []
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

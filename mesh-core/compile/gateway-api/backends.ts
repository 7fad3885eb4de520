import { fqdn } from '../../registry/services.ts'
import type { Destination } from '../rules/virtual-service-types.ts'
import type { Problem } from './conditions.ts'
import type { Referrer } from './grants.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendRef } from './types.ts'

/**
 * Where a backend leads. A reference that is broken still has a destination, which no cluster is for: its share of the requests is answered 500.
 * `hard`: nothing of the route it stands in is done.
 */
export interface Backend {
  readonly destination: NonNullable<Destination>
  readonly problem: Problem | null
  readonly hard: boolean
}

/** Nobody's host. */
const nowhere: NonNullable<Destination> = { host: '' }

/**
 * @param enforcesGrants routes of the mesh may send to other namespaces without a ReferenceGrant
 * Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` buildDestination.
 */
export function backendOf(ref: BackendRef, from: Referrer, enforcesGrants: boolean, surroundings: Surroundings): Backend {
  const { group = '', kind = 'Service', name, namespace = from.namespace } = ref
  const broken = (reason: string, message: string): Backend => ({ destination: nowhere, problem: { reason, message }, hard: false })
  const permitted = !enforcesGrants || surroundings.grants.allow(from, { group, kind, namespace, name })
  if (!permitted)
    return broken(
      'RefNotPermitted',
      `${kind} "${namespace}/${name}" may not be referred to from namespace "${from.namespace}": no ReferenceGrant says so`,
    )
  if (isService(group, kind)) return serviceBackend(ref, namespace, surroundings)
  if (group === 'networking.istio.io' && kind === 'Hostname') return hostBackend(ref, surroundings)
  return broken('InvalidKind', `${group}/${kind} "${name}" is no backend that is supported`)
}

/** A ServiceImport is the Service of its name, as long as hosts of the multi-cluster API are not switched on. */
function isService(group: string, kind: string): boolean {
  return (group === '' && kind === 'Service') || (group === 'multicluster.x-k8s.io' && kind === 'ServiceImport')
}

function serviceBackend(ref: BackendRef, namespace: string, { object }: Surroundings): Backend {
  if (ref.name.includes('.')) return impossible('the name of a Service is wanted, not a host name')
  if (ref.port === undefined) return impossible('a Service needs a port')
  const known = object('Service', namespace, ref.name) !== undefined
  const problem = known ? null : { reason: 'BackendNotFound', message: `there is no Service "${namespace}/${ref.name}"` }
  return { destination: { host: fqdn(ref.name, namespace), port: { number: ref.port } }, problem, hard: false }
}

/** Istio's own kind: any host that the mesh knows. */
function hostBackend(ref: BackendRef, { registry }: Surroundings): Backend {
  if (ref.namespace !== undefined) return impossible('a Hostname has no namespace')
  if (ref.port === undefined) return impossible('a Hostname needs a port')
  const known = registry.service(ref.name) !== undefined
  const problem = known ? null : { reason: 'BackendNotFound', message: `host "${ref.name}" is not known` }
  return { destination: { host: ref.name, port: { number: ref.port } }, problem, hard: false }
}

function impossible(message: string): Backend {
  return { destination: nowhere, problem: { reason: 'InvalidDestination', message }, hard: true }
}

export function weightSum(refs: readonly BackendRef[]): number {
  return refs.reduce((sum, ref) => sum + (ref.weight ?? 1), 0)
}

/** Backends without weight take no part. */
export function weighted(refs: readonly BackendRef[]): readonly { readonly ref: BackendRef; readonly weight: number }[] {
  return refs.map((ref) => ({ ref, weight: ref.weight ?? 1 })).filter(({ weight }) => weight !== 0)
}

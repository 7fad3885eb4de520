import type { Resource } from '../../config/resource.ts'
import type { Origin } from '../../ir/origin.ts'
import { originOf } from '../origin.ts'
import type { Destination } from '../rules/virtual-service-types.ts'
import { backendOf, weighted, weightSum } from './backends.ts'
import type { Problem } from './conditions.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendRef, ConnectionRule, RouteSpec } from './types.ts'

/** A rule of a TCPRoute, TLSRoute or UDPRoute. */
export interface ConnectionRoute {
  readonly destinations: readonly { readonly destination: NonNullable<Destination>; readonly weight: number }[]
  /** A TLSRoute without anybody to send to asks for no name, and takes no connection. */
  readonly matched: boolean
  readonly origin: Origin
}

/** Leads nowhere: connections are closed. Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` convertTCPRoute. */
const closed: ConnectionRoute['destinations'][number] = {
  destination: { host: 'internal.cluster.local', subset: 'zero-weight', port: { number: 65535 } },
  weight: 0,
}

/** @param mesh for clients in the mesh, who need no ReferenceGrant */
export function convertConnectionRoute(
  route: Resource,
  mesh: boolean,
  surroundings: Surroundings,
): { readonly rule: ConnectionRoute | null; readonly problems: readonly Problem[] }[] {
  const { rules = [] }: RouteSpec<ConnectionRule> = route.object['spec'] ?? {}
  return rules.map(({ backendRefs = [] }, n) => {
    const origin = originOf(route, 'spec', 'rules', n)
    if (weightSum(backendRefs) === 0) return { rule: { destinations: [closed], matched: route.kind !== 'TLSRoute', origin }, problems: [] }
    const backends = destinationsOf(backendRefs, route, mesh, surroundings)
    const problems = backends.flatMap(({ problem }) => problem ?? [])
    if (backends.some(({ hard }) => hard)) return { rule: null, problems }
    return { rule: { destinations: backends.map(({ destination, weight }) => ({ destination, weight })), matched: true, origin }, problems }
  })
}

function destinationsOf(refs: readonly BackendRef[], route: Resource, mesh: boolean, surroundings: Surroundings) {
  const from = { kind: route.kind, namespace: route.namespace }
  return weighted(refs).map(({ ref, weight }) => ({ weight, ...backendOf(ref, from, !mesh, surroundings) }))
}

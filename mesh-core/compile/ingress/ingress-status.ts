import type { Resource } from '../../config/resource.ts'
import type { Registry } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import { emptyStatus, type ObjectStatus } from '../gateway-api/object-status.ts'
import { ingressAddresses } from './ingress.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'

/** Where each Ingress of Istio's class is reached. Source: Istio `pilot/pkg/config/kube/ingress/status.go`. */
export function ingressStatuses(resources: readonly Resource[], mesh: MeshConfig, registry: Registry, departs: Departs): ObjectStatus[] {
  return [...ingressAddresses(resources, mesh, registry, departs)].map(([resource, addresses]) => ({ ...emptyStatus, resource, addresses }))
}

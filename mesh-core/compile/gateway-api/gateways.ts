import type { Resource } from '../../config/resource.ts'
import { gatewayController, isManaged, managedName } from '../../registry/managed-gateways.ts'
import { takesListenersOf } from '../../registry/namespaces.ts'
import type { Registry, WorkloadInstance } from '../../registry/registry.ts'
import { fqdn } from '../../registry/services.ts'
import { isServiceOf } from '../gateway/gateway-pods.ts'
import { withConflicts } from './conflicts.ts'
import { addressedServices } from './gateway-addresses.ts'
import type { ListenerBinding } from './listener-binding.ts'
import { bindingsOf } from './listeners.ts'
import type { Surroundings } from './surroundings.ts'
import type { GatewaySpec, ListenerSetSpec } from './types.ts'

/** A Gateway with all listeners that it serves. */
export interface ServedGateway {
  readonly resource: Resource
  readonly services: readonly string[]
  /** Its own first, then those of its ListenerSets in order of age. */
  readonly bindings: readonly ListenerBinding[]
  readonly sets: readonly AttachedSet[]
}

export interface AttachedSet {
  readonly resource: Resource
  /** Does the Gateway let it attach? */
  readonly allowed: boolean
}

/** A gateway's pod, in its mesh. */
export interface Pod {
  readonly registry: Registry
  readonly workload: WorkloadInstance
}

export function isServedBy({ resource, services }: ServedGateway, { registry, workload }: Pod): boolean {
  if (resource.namespace !== workload.ref.namespace) return false
  return services.some((host) => isServiceOf(registry.service(host)?.selector ?? null, workload))
}

/** The Gateways of Istio's class; those of others are somebody else's. Source: Istio `pilot/pkg/config/kube/gateway/gateway_collection.go`. */
export function servedGateways(surroundings: Surroundings): ServedGateway[] {
  const { ofKind, classes } = surroundings
  return ofKind('Gateway')
    .filter((resource) => classes.get(specOf(resource).gatewayClassName) === gatewayController)
    .map((resource) => servedGateway(resource, surroundings))
}

function servedGateway(resource: Resource, surroundings: Surroundings): ServedGateway {
  const services = servicesOf(resource)
  const sets = setsOf(resource, surroundings)
  const holders = [resource, ...sets.filter(({ allowed }) => allowed).map((set) => set.resource)]
  const bindings = holders.flatMap((owner) => bindingsOf({ owner, gateway: resource, services }, surroundings))
  return { resource, services, bindings: withConflicts(bindings, surroundings.departs), sets }
}

export function specOf(gateway: Resource): GatewaySpec {
  return gateway.object['spec'] ?? { gatewayClassName: '', listeners: [] }
}

/** A Service of another namespace is none of a Gateway's. Source: the same folder, extractGatewayServices; `push_context.go` mergeGateways. */
function servicesOf(gateway: Resource): string[] {
  if (isManaged(specOf(gateway))) return [fqdn(managedName(gateway.object), gateway.namespace)]
  return addressedServices(gateway).filter((host) => host.endsWith(`.${gateway.namespace}.svc.cluster.local`))
}

function setsOf(gateway: Resource, { ofKind, namespaces }: Surroundings): AttachedSet[] {
  return ofKind('ListenerSet')
    .filter((set) => namesGateway(set, gateway))
    .map((resource) => ({ resource, allowed: takesListenersOf(resource.namespace, gateway, namespaces) }))
}

function namesGateway(set: Resource, gateway: Resource): boolean {
  const { parentRef }: ListenerSetSpec = set.object['spec']
  const { group = 'gateway.networking.k8s.io', kind = 'Gateway', namespace = set.namespace, name } = parentRef
  return group === 'gateway.networking.k8s.io' && kind === 'Gateway' && namespace === gateway.namespace && name === gateway.name
}

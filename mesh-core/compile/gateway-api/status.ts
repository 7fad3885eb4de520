import type { Resource, ResourceRef } from '../../config/resource.ts'
import { gatewayApi, gatewayController, remoteController } from '../../registry/managed-gateways.ts'
import type { AttachedRoute } from './attached-route.ts'
import { condition } from './conditions.ts'
import type { GatewayApi } from './conversion.ts'
import { specOf } from './gateways.ts'
import type { Surroundings } from './surroundings.ts'
import { gatewayStatus, listenerSetStatus } from './gateway-status.ts'
import { emptyStatus, generationOf, type ObjectStatus } from './object-status.ts'
import { policyStatuses } from './policy-status.ts'
import { parentStatuses } from './route-status.ts'

/** Of every object that is this controller's; the rest is left to others. */
export function statusesOf(api: GatewayApi): ObjectStatus[] {
  const routes: readonly AttachedRoute<unknown>[] = [...api.httpRoutes, ...api.connectionRoutes]
  return [
    ...api.surroundings.ofKind('GatewayClass').flatMap(classStatus),
    ...api.gateways.map((gateway) => gatewayStatus(gateway, routes, api.surroundings)),
    ...api.surroundings.ofKind('Gateway').flatMap((gateway) => remoteStatus(gateway, api.surroundings)),
    ...api.gateways.flatMap((gateway) => gateway.sets.map((set) => listenerSetStatus(set, gateway, routes))),
    ...policyStatuses(routes, api.surroundings),
    ...routes.map((route) => ({ ...emptyStatus, resource: route.resource, parents: parentStatuses(route) })),
  ]
}

export function statusFor(statuses: readonly ObjectStatus[], { group, kind, namespace, name }: ResourceRef): ObjectStatus | undefined {
  if (group !== gatewayApi) return undefined
  return statuses.find(({ resource }) => resource.kind === kind && resource.namespace === namespace && resource.name === name)
}

/** Its pods run in another cluster, and nothing is looked at. Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` reportUnmanagedGatewayStatus. */
function remoteStatus(resource: Resource, { classes }: Surroundings): ObjectStatus[] {
  const { gatewayClassName, addresses = [] } = specOf(resource)
  if (classes.get(gatewayClassName) !== remoteController) return []
  const conditions = ['Accepted', 'Programmed'].map((type) => condition(type, type, null, generationOf(resource)))
  return [{ ...emptyStatus, resource, conditions, addresses: addresses.flatMap(({ value }) => value ?? []) }]
}

function classStatus(resource: Resource): ObjectStatus[] {
  const controller: unknown = resource.object['spec']?.controllerName
  if (controller !== gatewayController && controller !== remoteController) return []
  return [{ ...emptyStatus, resource, conditions: [condition('Accepted', 'Accepted', null, generationOf(resource))] }]
}

import type { Resource } from '../../config/resource.ts'
import { gatewayApi, isOfGatewayApi } from '../../registry/managed-gateways.ts'
import type { Registry } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import type { DestinationRule } from '../clusters/destination-rule.ts'
import type { Gateway } from '../gateway/gateway-resource.ts'
import type { Rule, VirtualService } from '../rules/virtual-service.ts'
import { type AttachedRoute, type Converted, noResult, resultOf, type RouteResult } from './attached-route.ts'
import { backendTlsRules } from './backend-tls.ts'
import { type ConnectionRoute, convertConnectionRoute } from './connection-route.ts'
import { connectionVirtualServices } from './connection-virtual-services.ts'
import type { ConvertedRule } from './converted-rule.ts'
import { servedGateways, type ServedGateway } from './gateways.ts'
import { convertGrpcRoute, convertHttpRoute } from './http-route.ts'
import { isServed } from './listener-status.ts'
import type { ListenerBinding } from './listener-binding.ts'
import { type Attachment, attachmentsOf } from './parents.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import { httpVirtualServices } from './virtual-services.ts'

/** What the objects of the Gateway API amount to in Istio's terms; `status` is made of the same. */
export interface GatewayApi {
  readonly surroundings: Surroundings
  readonly gateways: readonly ServedGateway[]
  readonly httpRoutes: readonly AttachedRoute<Rule>[]
  readonly connectionRoutes: readonly AttachedRoute<ConnectionRoute>[]
  /** Of listeners that take traffic. */
  readonly istioGateways: readonly Gateway[]
  readonly virtualServices: readonly VirtualService[]
  readonly destinationRules: readonly DestinationRule[]
}

/**
 * Source: Istio `pilot/pkg/config/kube/gateway/controller.go`.
 * @param all in order of age
 */
export function convertGatewayApi(all: readonly Resource[], registry: Registry, departs: Departs): GatewayApi {
  // Most meshes have nothing of it, and large ones pay for every look at their objects.
  const resources = all.some(({ apiVersion }) => apiVersion.startsWith(gatewayApi)) ? all : []
  const surroundings = surroundingsOf(resources, registry, departs)
  const gateways = servedGateways(surroundings)
  const bindings = gateways.flatMap((gateway) => gateway.bindings)
  const attach = <Rule>(route: Resource, convert: (mesh: boolean) => readonly Converted<Rule>[]): AttachedRoute<Rule> => {
    const attachments = attachmentsOf(route, bindings, surroundings)
    const resultFor = (kind: Attachment['kind'], mesh: boolean): RouteResult<Rule> =>
      attachments.some((one) => one.kind === kind) ? resultOf(convert(mesh)) : noResult
    return { resource: route, attachments, atGateways: resultFor('listener', false), inMesh: resultFor('mesh', true) }
  }
  const ofKinds = (names: readonly string[]): Resource[] => resources.filter((one) => names.includes(one.kind) && isOfGatewayApi(one, one.kind))
  const httpRoutes = ofKinds(Object.keys(converters)).map((route) => attach(route, (mesh) => converters[route.kind]!(route, mesh, surroundings)))
  const connectionRoutes = ofKinds(departs('udpIsNotServed') ? connectionKinds : [...connectionKinds, 'UDPRoute']).map((route) =>
    attach(route, (mesh) => convertConnectionRoute(route, mesh, surroundings)),
  )
  return {
    surroundings,
    gateways,
    httpRoutes,
    connectionRoutes,
    istioGateways: inOrderOfAge(
      bindings.filter(({ state }) => isServed(state)),
      resources,
    ).map(({ compiled }) => compiled),
    virtualServices: [...httpVirtualServices(httpRoutes, departs), ...connectionVirtualServices(connectionRoutes, departs)],
    destinationRules: backendTlsRules(surroundings),
  }
}

/** A ListenerSet may be older than its Gateway. Source: Istio `pilot/pkg/model/push_context.go` initGateways. @param all in order of age */
function inOrderOfAge(bindings: readonly ListenerBinding[], all: readonly Resource[]): readonly ListenerBinding[] {
  const places = new Map(all.map((resource, i) => [resource, i]))
  return bindings.toSorted((a, b) => places.get(a.owner)! - places.get(b.owner)!)
}

const converters: Readonly<Record<string, (route: Resource, mesh: boolean, surroundings: Surroundings) => readonly ConvertedRule[]>> = {
  HTTPRoute: convertHttpRoute,
  GRPCRoute: convertGrpcRoute,
}

const connectionKinds = ['TCPRoute', 'TLSRoute']

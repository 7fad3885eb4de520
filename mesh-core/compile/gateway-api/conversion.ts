import type { Resource } from '../../config/resource.ts'
import type { Registry } from '../../registry/registry.ts'
import type { Departs } from '../departures.ts'
import type { Gateway } from '../gateway-resource.ts'
import type { Rule, VirtualService } from '../virtual-service.ts'
import { type AttachedRoute, noResult, resultOf } from './attached-route.ts'
import type { ConvertedRule } from './converted-rule.ts'
import { servedGateways, type ServedGateway } from './gateways.ts'
import { convertGrpcRoute, convertHttpRoute } from './http-route.ts'
import { isServed } from './listener-status.ts'
import { attachmentsOf } from './parents.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import { httpVirtualServices } from './virtual-services.ts'

/** What the objects of the Gateway API amount to in Istio's terms; `status` is made of the same. */
export interface GatewayApi {
  readonly surroundings: Surroundings
  readonly gateways: readonly ServedGateway[]
  readonly httpRoutes: readonly AttachedRoute<Rule>[]
  /** Of listeners that take traffic. */
  readonly istioGateways: readonly Gateway[]
  readonly virtualServices: readonly VirtualService[]
}

/**
 * Source: Istio `pilot/pkg/config/kube/gateway/controller.go`.
 * @param resources in order of age
 */
export function convertGatewayApi(resources: readonly Resource[], registry: Registry, departs: Departs): GatewayApi {
  const surroundings = surroundingsOf(resources, registry, departs)
  const gateways = servedGateways(surroundings)
  const bindings = gateways.flatMap((gateway) => gateway.bindings)
  const attached = (route: Resource): AttachedRoute<Rule> => {
    const attachments = attachmentsOf(route, bindings, surroundings)
    const convert = (mesh: boolean): readonly ConvertedRule[] => converters[route.kind]!(route, mesh, surroundings)
    return {
      resource: route,
      attachments,
      atGateways: attachments.some(({ kind }) => kind === 'listener') ? resultOf(convert(false)) : noResult,
      inMesh: attachments.some(({ kind }) => kind === 'mesh') ? resultOf(convert(true)) : noResult,
    }
  }
  const httpRoutes = resources.filter((resource) => resource.kind in converters).map(attached)
  return {
    surroundings,
    gateways,
    httpRoutes,
    istioGateways: bindings.filter(({ state }) => isServed(state)).map(({ compiled }) => compiled),
    virtualServices: httpVirtualServices(httpRoutes),
  }
}

const converters: Readonly<Record<string, (route: Resource, mesh: boolean, surroundings: Surroundings) => readonly ConvertedRule[]>> = {
  HTTPRoute: convertHttpRoute,
  GRPCRoute: convertGrpcRoute,
}

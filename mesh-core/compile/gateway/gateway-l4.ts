import { accessToBytes } from '../authorization/authorization-policies.ts'
import { anyConnection } from '../../ir/proxy-config.ts'
import type { FilterChain, NetworkFilter } from '../../ir/proxy-config.ts'
import type { GatewayScope } from './gateway-scope.ts'
import { serverNames } from './server-names.ts'
import type { GatewayServer } from './gateway-resource.ts'
import { anyPortOf } from '../clusters/destination-cluster.ts'
import { concernsServer, tcpProxyTo, type L4Match, type L4Rule } from '../rules/l4-rule.ts'
import type { BoundServer } from './merge-servers.ts'
import { overlaps } from '../names.ts'
import type { VirtualService } from '../rules/virtual-service.ts'

/** Source: Istio `core/gateway.go` buildGatewayNetworkFiltersFromTCPRoutes. */
export function tcpRouteOf(one: BoundServer, scope: GatewayScope): NetworkFilter | null {
  const rule = tcpRuleAt(virtualServicesOf(one, scope), gatewayName(one), one.server.port)
  return rule && proxyTo(rule, one, scope)
}

/** The first `tcp` rule that fits the server takes every connection. */
export function tcpRuleAt(virtualServices: readonly Pick<VirtualService, 'tcp'>[], gateway: string, port: number): L4Rule | null {
  for (const rule of virtualServices.flatMap(({ tcp }) => tcp)) {
    const fits = rule.matches.length === 0 || rule.matches.some((match) => concernsServer(match, gateway, port))
    if (fits && rule.route.length > 0) return rule
  }
  return null
}

/** Source: the same file, buildGatewayNetworkFiltersFromTLSRoutes. */
export function passthroughChains(one: BoundServer, names: Map<string, string>, scope: GatewayScope): FilterChain[] {
  const { bind, port } = one.server
  return tlsMatchesAt(virtualServicesOf(one, scope), gatewayName(one), port, { names, bind }).map(({ rule, match }) => passthroughChain(match, proxyTo(rule, one, scope))) // prettier-ignore
}

export function passthroughChain({ sniHosts }: L4Match, filter: NetworkFilter): FilterChain {
  return { ...anyConnection, name: '', serverNames: serverNames(sniHosts), tls: null, filter }
}

/** Each match of each `tls` rule that gets a chain; a name that has one already gets no other. @param names those that are taken, by the address that they are taken on */
export function tlsMatchesAt(
  virtualServices: readonly Pick<VirtualService, 'tls'>[],
  gateway: string,
  port: number,
  { names, bind }: { readonly names: Map<string, string>; readonly bind: string },
): { readonly rule: L4Rule; readonly match: L4Match }[] {
  const taken: { readonly rule: L4Rule; readonly match: L4Match }[] = []
  for (const rule of virtualServices.flatMap(({ tls }) => tls.filter(({ route }) => route.length > 0)))
    for (const match of rule.matches) {
      if (!concernsServer(match, gateway, port) || match.sniHosts.some((host) => names.get(host) === bind)) continue
      for (const host of match.sniHosts) names.set(host, bind)
      taken.push({ rule, match })
    }
  return taken
}

function proxyTo(rule: L4Rule, { server }: BoundServer, { registry, services, catalog, workload }: GatewayScope): NetworkFilter {
  return { ...tcpProxyTo(rule, server.port, anyPortOf(services, registry)), ...accessToBytes(catalog.authorizationPolicies.accessTo(workload)) }
}

function gatewayName({ gateway }: BoundServer): string {
  return `${gateway.namespace}/${gateway.name}`
}

function virtualServicesOf(one: BoundServer, { catalog, workload }: GatewayScope): VirtualService[] {
  return catalog.virtualServicesFor(gatewayName(one), workload.ref.namespace).filter((vs) => isServedFor(vs, one.server))
}

/** Source: the same file, pickMatchingGatewayHosts. */
function isServedFor(vs: VirtualService, { hosts }: GatewayServer): boolean {
  return hosts.some(({ namespace, host }) => (namespace === '*' || namespace === vs.namespace) && vs.hosts.some((name) => overlaps(name, host)))
}

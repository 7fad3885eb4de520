import { anyConnection } from '../ir/proxy-config.ts'
import type { FilterChain, NetworkFilter } from '../ir/proxy-config.ts'
import { serverNames, type GatewayScope } from './gateway.ts'
import type { GatewayServer } from './gateway-resource.ts'
import { anyPort } from './destination-cluster.ts'
import { concernsServer, tcpProxyTo, type L4Rule } from './l4-rule.ts'
import type { BoundServer } from './merge-servers.ts'
import { overlaps } from './names.ts'
import type { VirtualService } from './virtual-service.ts'

/** The first `tcp` rule that fits the server takes every connection. Source: Istio `core/gateway.go` buildGatewayNetworkFiltersFromTCPRoutes. */
export function tcpRouteOf(one: BoundServer, scope: GatewayScope): NetworkFilter | null {
  for (const vs of virtualServicesOf(one, scope))
    for (const rule of vs.tcp) {
      const fits = rule.matches.length === 0 || rule.matches.some((match) => concernsServer(match, gatewayName(one), one.server.port))
      if (fits && rule.route.length > 0) return proxyTo(rule, one, scope)
    }
  return null
}

/** A chain for each match of each `tls` rule; a name that has one already gets no other. Source: the same file, buildGatewayNetworkFiltersFromTLSRoutes. */
export function passthroughChains(one: BoundServer, names: Map<string, string>, scope: GatewayScope): FilterChain[] {
  const { bind, port } = one.server
  const chains: FilterChain[] = []
  for (const vs of virtualServicesOf(one, scope))
    for (const rule of vs.tls.filter(({ route }) => route.length > 0))
      for (const match of rule.matches) {
        if (!concernsServer(match, gatewayName(one), port) || match.sniHosts.some((host) => names.get(host) === bind)) continue
        for (const host of match.sniHosts) names.set(host, bind)
        chains.push({ ...anyConnection, name: '', serverNames: serverNames(match.sniHosts), tls: null, filter: proxyTo(rule, one, scope) })
      }
  return chains
}

function proxyTo(rule: L4Rule, { server }: BoundServer, { registry }: GatewayScope): NetworkFilter {
  return tcpProxyTo(rule, server.port, anyPort(registry))
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

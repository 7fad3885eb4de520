import type { Route, VirtualHost } from '../../ir/route.ts'
import type { GatewayServer } from './gateway-resource.ts'
import type { GatewayScope } from './gateway-scope.ts'
import type { BoundServer } from './merge-servers.ts'
import { intersection } from '../names.ts'
import { isCatchAll } from '../rules/route-match.ts'
import type { VirtualService } from '../rules/virtual-service.ts'

/**
 * The rules of all VirtualServices of a host are joined in their order, what takes everything goes to the end.
 * Source: Istio `core/gateway.go` buildGatewayHTTPRouteConfig.
 */
export function gatewayVirtualHosts(servers: readonly BoundServer[], scope: GatewayScope): VirtualHost[] {
  const port = servers[0]!.server.port
  const hosts = new Map<string, { routes: Route[]; requireTls: boolean }>()
  const routesOf = onceOfEach(scope, port)
  for (const one of servers) addServer(one, hosts, scope, routesOf)
  if (hosts.size === 0) return [{ name: `blackhole:${port}`, domains: ['*'], routes: [], requireTls: false }]
  return [...hosts].map(([host, { routes, requireTls }]) => ({ name: `${host}:${port}`, domains: [host], routes: catchAllLast(routes), requireTls }))
}

type RoutesOf = (vs: VirtualService, gateway: string, tls: boolean) => readonly Route[]

/**
 * A rule has the routes of the first server of its Gateway that it is for, also for others: with TLS or without.
 * @param port that routes go by: of servers that one port of the pod serves that of the first
 */
function onceOfEach(scope: GatewayScope, port: number): RoutesOf {
  const made = new Map<VirtualService, Map<string, readonly Route[]>>()
  return (vs, gateway, tls) => {
    const own = made.get(vs) ?? new Map<string, readonly Route[]>()
    const routes = own.get(gateway) ?? scope.routesOf(vs, gateway, port, tls)
    made.set(vs, own.set(gateway, routes))
    return routes
  }
}

function addServer(
  { server, gateway }: BoundServer,
  hosts: Map<string, { routes: Route[]; requireTls: boolean }>,
  scope: GatewayScope,
  routesOf: RoutesOf,
): void {
  const name = `${gateway.namespace}/${gateway.name}`
  const requireTls = server.tls?.httpsRedirect ?? false
  for (const vs of scope.catalog.virtualServicesFor(name, scope.workload.ref.namespace)) {
    const shared = intersection(hostsFor(server, vs.namespace), vs.hosts)
    if (shared.length === 0) continue
    const routes = routesOf(vs, name, server.tls !== null)
    if (routes.length === 0) continue
    for (const host of shared.map((one) => one.toLowerCase())) {
      const known = hosts.get(host)
      if (known) known.routes.push(...routes)
      else hosts.set(host, { routes: [...routes], requireTls })
      if (requireTls) hosts.get(host)!.requireTls = true
    }
  }
  if (!requireTls) return
  for (const { host, namespace } of server.hosts) {
    if (namespace !== '*' && scope.departs('redirectsNeedHostsOfAllNamespaces')) continue
    const known = hosts.get(host.toLowerCase())
    if (known) known.requireTls = true
    else hosts.set(host.toLowerCase(), { routes: [], requireTls })
  }
}

function hostsFor(server: GatewayServer, namespace: string): string[] {
  return server.hosts.filter((entry) => entry.namespace === '*' || entry.namespace === namespace).map((entry) => entry.host)
}

/** Source: Istio `core/route/route.go` SortVHostRoutes. */
export function catchAllLast(routes: readonly Route[]): Route[] {
  return [...routes.filter((route) => !isCatchAll(route.match)), ...routes.filter((route) => isCatchAll(route.match))]
}

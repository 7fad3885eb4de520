import { anyConnection } from '../../ir/proxy-config.ts'
import type { FilterChain, Listener, NetworkFilter } from '../../ir/proxy-config.ts'
import type { RouteTable } from '../../ir/route.ts'
import { selects } from '../../registry/labels.ts'
import { accessSettings } from '../authorization/authorization-policies.ts'
import { autoPassthroughChains } from './auto-passthrough.ts'
import { passthroughChains, tcpRouteOf } from './gateway-l4.ts'
import { isServiceOf, podPorts } from './gateway-pods.ts'
import type { GatewayScope } from './gateway-scope.ts'
import { areSettingsRefused } from '../mesh/settings-refusal.ts'
import { filesOf } from './secrets.ts'
import { serverNames } from './server-names.ts'
import type { Gateway, GatewayServer } from './gateway-resource.ts'
import { gatewayVirtualHosts } from './gateway-virtual-hosts.ts'
import { attemptCounting, gatewaySettings, proxyDefaultsOf, withSettings } from '../mesh/proxy-settings.ts'
import { withMisdirected } from './misdirected.ts'
import { isHttpServer, isPlainHttp, mergeServers, type BoundServer, type MergedServers } from './merge-servers.ts'
import { downstreamTls, isPassthrough } from './server-tls.ts'
import { twinChains } from '../twin-chains.ts'

/**
 * Listeners and route tables of a gateway's pod: all servers of all Gateways that select it.
 * Source: Istio `pilot/pkg/model/gateway.go` mergeGateways, `core/gateway.go`.
 */
export function compileGateway(scope: GatewayScope): { listeners: Listener[]; routeTables: Record<string, RouteTable> } {
  const bound = boundServers(scope)
  const { ports, byRouteName } = mergeServers(bound)
  const listeners = new Map<string, Listener>()
  const taken = new Map<number, Map<string, string>>()
  for (const port of ports) {
    const names = taken.get(port.podPort) ?? new Map<string, string>()
    taken.set(port.podPort, names)
    addListener(listeners, port, chainsOf(port, names, scope))
  }
  const tables = [...byRouteName].filter(([name]) => name !== '').map(([name, servers]) => tableOf(name, servers, bound, scope))
  return {
    listeners: [...listeners.values()].filter(({ filterChains }) => filterChains.length > 0 && !areRefused(filterChains)),
    routeTables: Object.fromEntries(tables.map((table) => [table.name, table])),
  }
}

function areRefused(chains: readonly FilterChain[]): boolean {
  return (
    twinChains(chains) !== null ||
    chains.some(({ tls, filter }) => tls?.refusal !== undefined || (filter.kind === 'http' && areSettingsRefused(filter.settings)))
  )
}

function addListener(listeners: Map<string, Listener>, { podPort, bind }: MergedServers, filterChains: FilterChain[]): void {
  const address = bind || '0.0.0.0'
  const name = `${address}_${podPort}`
  const known = listeners.get(name)
  if (known) filterChains.unshift(...known.filterChains)
  listeners.set(name, { name, direction: 'gateway', address, port: podPort, filterChains, defaultFilterChain: null })
}

function tableOf(name: string, servers: readonly BoundServer[], bound: readonly BoundServer[], scope: GatewayScope): RouteTable {
  const hosts = gatewayVirtualHosts(servers, scope)
  const virtualHosts = scope.departs('misdirectedRequestsAreUnknown') ? hosts : withMisdirected(hosts, servers, bound)
  return { name, virtualHosts, ignorePortInHost: true, ...attemptCounting(proxyDefaultsOf(scope.workload, scope.catalog.mesh)) }
}

/** @param names that chains of the port have taken already, each with its address */
function chainsOf({ servers, podPort }: MergedServers, names: Map<string, string>, scope: GatewayScope): FilterChain[] {
  const first = servers[0]!
  if (isPlainHttp(first.server))
    return [{ ...anyConnection, name: '', tls: null, filter: httpFilter(`http.${podPort}${bindSuffix(first.server)}`, scope) }]
  return servers.flatMap((one) => serverChains(one, names, scope))
}

/** A server that HTTP rules do not act for, and no other rule names, takes nothing. Source: Istio `core/gateway.go` createGatewayTCPFilterChainOpts. */
function serverChains(one: BoundServer, names: Map<string, string>, scope: GatewayScope): FilterChain[] {
  const { server } = one
  if (isHttpServer(server)) return [tlsChain(one, httpFilter(one.routeName, scope), scope)]
  if (server.tls?.mode === 'AUTO_PASSTHROUGH') return autoPassthroughChains(server, scope)
  if (server.tls && isPassthrough(server.tls)) return passthroughChains(one, names, scope)
  const filter = tcpRouteOf(one, scope)
  if (!filter) return []
  return server.tls ? [tlsChain(one, filter, scope)] : [{ ...anyConnection, name: '', tls: null, filter }]
}

function tlsChain({ server }: BoundServer, filter: NetworkFilter, { catalog, workload }: GatewayScope): FilterChain {
  const tls = downstreamTls(server.tls!, filesOf(workload), catalog.secrets, {
    isTcp: filter.kind === 'tcp',
    defaults: catalog.mesh.tlsDefaults,
  })
  return { ...anyConnection, name: '', serverNames: serverNames(server.hosts.map(({ host }) => host)), tls, filter }
}

function httpFilter(routeTable: string, { catalog, workload }: GatewayScope): NetworkFilter {
  const { mesh, requestAuthentications, authorizationPolicies } = catalog
  const settings = {
    ...gatewaySettings(workload, mesh),
    ...requestAuthentications.settingsFor(workload),
    ...accessSettings(authorizationPolicies.accessTo(workload)),
  }
  return { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization, ...withSettings(settings) }
}

function boundServers(scope: GatewayScope): BoundServer[] {
  const { catalog } = scope
  const gateways = catalog.gateways.filter((gateway) => configures(gateway, scope))
  return gateways.flatMap((gateway) =>
    gateway.servers.flatMap((server) =>
      portsOf(gateway, server, scope).map((podPort) => ({ server, gateway, podPort, routeName: routeNameOf(server, gateway, podPort) })),
    ),
  )
}

/** A Gateway of the Gateway API has the ports of its Service and no others. */
function portsOf(gateway: Gateway, { port }: GatewayServer, scope: GatewayScope): number[] {
  const known = gateway.services?.some((host) => scope.registry.service(host)?.ports.some(({ number }) => number === port)) ?? true
  return known ? podPorts(scope, port) : []
}

/** Source: `pilot/pkg/model/push_context.go` mergeGateways. */
function configures({ selector, services }: Gateway, { registry, workload }: GatewayScope): boolean {
  if (services === null) return selects(selector, workload.labels)
  return services.some((host) => {
    const service = registry.service(host)
    return service !== undefined && isServiceOf(service.selector, workload) && service.namespace === workload.ref.namespace
  })
}

/** Source: Istio `pilot/pkg/model/gateway.go` gatewayRDSRouteName. */
function routeNameOf(server: GatewayServer, gateway: Gateway, podPort: number): string {
  if (isPlainHttp(server)) return `http.${podPort}${bindSuffix(server)}`
  return isHttpServer(server) ? `https.${server.port}.${server.portName}.${gateway.name}.${gateway.namespace}${bindSuffix(server)}` : ''
}

function bindSuffix({ bind }: GatewayServer): string {
  return bind === '' ? '' : `.${bind}`
}

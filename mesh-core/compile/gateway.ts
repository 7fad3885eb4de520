import type { FilterChain, Listener } from '../ir/proxy-config.ts'
import type { Route, RouteTable, VirtualHost } from '../ir/route.ts'
import type { Labels } from '../registry/labels.ts'
import { selects } from '../registry/labels.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import type { Gateway, GatewayServer } from './gateway-resource.ts'
import { groupBy } from './group-by.ts'
import { intersection } from './names.ts'
import { isCatchAll } from './route-match.ts'
import type { VirtualService } from './virtual-service.ts'

export interface GatewayScope {
  readonly catalog: Catalog
  readonly registry: Registry
  readonly workload: WorkloadInstance
  readonly routesOf: (vs: VirtualService, gateway: string, port: number, tls: boolean) => readonly Route[]
}

interface BoundServer {
  readonly server: GatewayServer
  readonly gateway: Gateway
  /** Of the pod. */
  readonly podPort: number
}

const httpProtocols = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB']

/**
 * Listeners and route tables of a gateway's pod: all servers of all Gateways that select it; plain HTTP servers of one port are joined.
 * Source: Istio `pilot/pkg/model/gateway.go` mergeGateways, `core/gateway.go`.
 */
export function compileGateway(scope: GatewayScope): { listeners: Listener[]; routeTables: Record<string, RouteTable> } {
  const bound = boundServers(scope)
  const listeners: Listener[] = []
  const routeTables: Record<string, RouteTable> = {}
  for (const [podPort, servers] of groupBy(bound, (one) => one.podPort)) {
    const filterChains = chainsOf(scope, podPort, servers, routeTables)
    if (filterChains.length > 0) listeners.push({ name: `0.0.0.0_${podPort}`, direction: 'gateway', address: '0.0.0.0', port: podPort, filterChains })
  }
  return { listeners, routeTables }
}

/** The kind of the first server of a port decides; a TLS server behind a plain one is skipped, and the reverse. */
function chainsOf(scope: GatewayScope, podPort: number, servers: readonly BoundServer[], routeTables: Record<string, RouteTable>): FilterChain[] {
  const plain = servers.filter((one) => httpProtocols.includes(one.server.protocol))
  if (plain.length === 0 || plain[0] !== servers[0]) return []
  const name = `http.${podPort}`
  routeTables[name] = { name, virtualHosts: gatewayVirtualHosts(scope, plain), ignorePortInHost: true }
  return [
    {
      name: '',
      serverNames: [],
      transport: null,
      filter: { kind: 'http', routeTable: name, pathNormalization: scope.catalog.mesh.pathNormalization },
    },
  ]
}

function boundServers(scope: GatewayScope): BoundServer[] {
  const { catalog } = scope
  const gateways = catalog.gateways.filter((gateway) => configures(gateway, scope))
  return gateways.flatMap((gateway) =>
    gateway.servers.flatMap((server) => portsOf(gateway, server, scope).map((podPort) => ({ server, gateway, podPort }))),
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

/** A number that is a port of the gateway's Service stands for its target port; any other is the pod's own. Source: `pilot/pkg/model/gateway.go` resolvePorts. */
export function podPorts({ registry, workload }: Pick<GatewayScope, 'registry' | 'workload'>, number: number): number[] {
  const mapped = registry.services
    .filter((service) => isServiceOf(service.selector, workload) && service.namespace === workload.ref.namespace)
    .flatMap((service) => service.ports.filter((port) => port.number === number))
    .map((port) =>
      typeof port.targetPort === 'number' ? port.targetPort : (workload.ports.find((own) => own.name === port.targetPort)?.number ?? number),
    )
  return mapped.length > 0 ? [...new Set(mapped)] : [number]
}

function isServiceOf(selector: Labels | null, workload: WorkloadInstance): boolean {
  return selector !== null && Object.keys(selector).length > 0 && selects(selector, workload.labels)
}

/**
 * The rules of all VirtualServices of a host are joined in their order, what takes everything goes to the end.
 * Source: Istio `core/gateway.go` buildGatewayHTTPRouteConfig.
 */
function gatewayVirtualHosts(scope: GatewayScope, servers: readonly BoundServer[]): VirtualHost[] {
  const port = servers[0]!.server.port
  const hosts = new Map<string, { routes: Route[]; requireTls: boolean }>()
  for (const { server, gateway } of servers) {
    const name = `${gateway.namespace}/${gateway.name}`
    for (const vs of scope.catalog.virtualServicesFor(name, scope.workload.ref.namespace)) {
      const shared = intersection(hostsFor(server, vs.namespace), vs.hosts)
      if (shared.length === 0) continue
      const routes = scope.routesOf(vs, name, port, false)
      if (routes.length === 0) continue
      for (const host of shared) {
        const known = hosts.get(host)
        if (known) known.routes.push(...routes)
        else hosts.set(host, { routes: [...routes], requireTls: server.httpsRedirect })
        if (server.httpsRedirect) hosts.get(host)!.requireTls = true
      }
    }
    if (server.httpsRedirect) for (const { host } of server.hosts) if (!hosts.has(host)) hosts.set(host, { routes: [], requireTls: true })
  }
  if (hosts.size === 0) return [{ name: `blackhole:${port}`, domains: ['*'], routes: [], requireTls: false }]
  return [...hosts].map(([host, { routes, requireTls }]) => ({ name: `${host}:${port}`, domains: [host], routes: catchAllLast(routes), requireTls }))
}

function hostsFor(server: GatewayServer, namespace: string): string[] {
  return server.hosts.filter((entry) => entry.namespace === '*' || entry.namespace === namespace).map((entry) => entry.host)
}

/** Source: Istio `core/route/route.go` SortVHostRoutes. */
export function catchAllLast(routes: readonly Route[]): Route[] {
  return [...routes.filter((route) => !isCatchAll(route.match)), ...routes.filter((route) => isCatchAll(route.match))]
}

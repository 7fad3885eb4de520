import type { Route, RouteTable, VirtualHost } from '../../ir/route.ts'
import { noMutation } from '../../ir/route.ts'
import { isHttpOrSniffed, portNumbered } from '../../registry/protocol.ts'
import type { Service } from '../../registry/registry.ts'
import type { ConsistentHash } from '../clusters/destination-rule-types.ts'
import { groupBy } from '../group-by.ts'
import { defaultRoute, noPort } from '../rules/http-routes.ts'
import type { MeshConfig, OutboundMode } from '../mesh/mesh-config.ts'
import { clusterName, isSubsetOf, isWildcard, overlaps } from '../names.ts'
import { builtIn } from '../origin.ts'
import { hasOwnTable, sniffedTable } from './outbound-chains.ts'
import { byNameInHost, unknownHttpTable } from './unknown-traffic.ts'
import { dialledPorts } from './outbound-listeners.ts'
import { matchAll } from '../rules/route-match.ts'
import type { EgressListener } from './egress-imports.ts'
import type { SidecarScope } from './sidecar-scope.ts'
import { egressForPort } from './sidecar-scope.ts'
import type { VirtualService } from '../rules/virtual-service.ts'
import { serviceDomains, VirtualHosts } from '../rules/virtual-hosts.ts'

/** What the route tables of a sidecar are made of. */
export interface OutboundRoutes {
  readonly scope: SidecarScope
  readonly mesh: MeshConfig
  readonly counting: Pick<RouteTable, 'countsAttempts'>
  /** Routes of a rule on a port; remembered by the compiler. */
  readonly routesOf: (vs: VirtualService, port: number, egress: EgressListener) => readonly Route[]
  /** What the requests to a service without rules are hashed by. */
  readonly hashOf: (service: Service, port: number) => ConsistentHash | undefined
}

/** One table for each HTTP port, and one for each port that is sniffed. */
export function outboundRouteTables(outbound: OutboundRoutes): Record<string, RouteTable> {
  const tables: Record<string, RouteTable> = {}
  const ports = outbound.scope.egress.flatMap(dialledPorts).filter(({ port }) => isHttpOrSniffed(port.protocol))
  for (const [number, entries] of groupBy(ports, ({ port }) => port.number)) {
    const egress = egressForPort(outbound.scope, number)
    if (!egress) continue
    const hosts = virtualHosts(outbound, egress, egress.isProxy ? proxied : { port: number, dialled: number })
    tables[number] = { name: String(number), virtualHosts: [...hosts, catchAll(outbound)], ignorePortInHost: true, ...outbound.counting }
    for (const { service, port } of entries) {
      if (!hasOwnTable(service, port, outbound.scope.byAddress)) continue
      const own = hosts.find((host) => host.domains.includes(service.host))
      const name = sniffedTable(service, port)
      tables[name] = { name, virtualHosts: own ? [{ ...own, domains: ['*'] }] : [], ignorePortInHost: true, ...outbound.counting }
    }
  }
  if (outbound.scope.outboundMode !== 'ALLOW_ANY_DYNAMIC_DNS') return tables
  const ofUnknown = { name: unknownHttpTable, virtualHosts: [catchAll(outbound)], ignorePortInHost: true, ...outbound.counting }
  return { ...tables, [unknownHttpTable]: ofUnknown }
}

/**
 * The tables with other rules in the place of some that have the same hosts: only their virtual hosts are new.
 * @returns `null` when a rule has begun, or ceased, to concern the proxy: then the tables are to be made anew
 */
export function patchedRouteTables(
  tables: Readonly<Record<string, RouteTable>>,
  outbound: OutboundRoutes,
  rules: ReadonlyMap<VirtualService, VirtualService>,
): Record<string, RouteTable> | null {
  const patched: Record<string, RouteTable> = {}
  for (const [name, table] of Object.entries(tables)) {
    if (name === unknownHttpTable) {
      patched[name] = table
      continue
    }
    const port = Number(name.slice(name.lastIndexOf(':') + 1))
    const egress = egressForPort(outbound.scope, port)
    const fresh = egress && newRoutes(outbound, port, egress, rules)
    if (!fresh) return null
    const virtualHosts = table.virtualHosts.map((host) => {
      const routes = fresh.get(host.routes)
      return routes ? { ...host, routes } : host
    })
    patched[name] = { ...table, virtualHosts }
  }
  return patched
}

/** By the routes that were there. */
function newRoutes(
  { routesOf }: OutboundRoutes,
  port: number,
  egress: EgressListener,
  rules: ReadonlyMap<VirtualService, VirtualService>,
): ReadonlyMap<readonly Route[], readonly Route[]> | null {
  const fresh = new Map<readonly Route[], readonly Route[]>()
  for (const [before, after] of rules) {
    const [old, young] = [routesOf(before, port, egress), routesOf(after, port, egress)]
    if ((old.length === 0) !== (young.length === 0)) return null
    fresh.set(old, young)
  }
  return fresh
}

/** Of the services that a table is for, and the one that its rules see. */
interface TablePorts {
  readonly port: number
  readonly dialled: number
}

/**
 * At an `HTTP_PROXY` no port is dialled: of a host all ports count, and it has one name for them, which port 80 has. Of several ports that a rule is for
 * istiod lets chance decide which comes first, and has the name; here it is port 80. Source: Istio `core/httproute.go` BuildSidecarOutboundVirtualHosts,
 * mergeAllVirtualHosts.
 */
const proxied: TablePorts = { port: 80, dialled: noPort }

/** Names are compared in lower case here, and here alone. Source: Istio `core/httproute.go` BuildSidecarOutboundVirtualHosts. */
function virtualHosts(outbound: OutboundRoutes, egress: EgressListener, { port, dialled }: TablePorts): VirtualHost[] {
  const { scope } = outbound
  const ofPort = (list: readonly Service[]) => list.filter((service) => service.ports.some((own) => own.number === port)).map(inLowerCase)
  const own = ofPort(egress.services)
  // Another name of a service is its own where a rule is for it, and otherwise a domain of the service.
  const aliases = ofPort(egress.aliases)
  const services = new Map([...aliases, ...own].map((service) => [service.host, service]))
  const isOfHttp = ({ ports }: Service): boolean => isHttpOrSniffed(portNumbered(ports, port)!.protocol)
  const hosts = new VirtualHosts(new Set(own.filter(isOfHttp).map(({ host }) => host)))
  const taken = new Set<string>()
  const owners = mostSpecificOwners(egress)
  const rules = egress.virtualServices
  // On port 80 rules act for hosts that are no service, too.
  const takesStrangers = dialled === 80
  for (const vs of takesStrangers ? rules : rules.filter((rule) => rule.hosts.some((host) => matchesAny(host.toLowerCase(), services)))) {
    const routes = outbound.routesOf(vs, dialled, egress)
    if (routes.length === 0) continue
    const { strangers, matching } = separateHosts(vs, services, owners)
    // A route of the Gateway API acts for services alone.
    if (vs.semantics === 'gateway-api' && matching.length === 0) continue
    const http = matching.filter(isOfHttp)
    if (http.length === 0 && !takesStrangers) continue
    for (const host of strangers) hosts.add(host, port, [host], [], routes)
    for (const service of http) {
      taken.add(service.host)
      addService(hosts, service, port, scope.namespace, routes)
    }
  }
  for (const service of new Map(own.map((one) => [one.host, one])).values()) if (!taken.has(service.host)) addDefault(hosts, service, port, outbound)
  return hosts.all
}

function inLowerCase(service: Service): Service {
  const host = service.host.toLowerCase()
  return host === service.host ? service : { ...service, host }
}

function addService(hosts: VirtualHosts, service: Service, port: number, namespace: string, routes: readonly Route[]): void {
  const { domains, shortened } = serviceDomains(service, namespace)
  hosts.add(service.host, port, domains, shortened, routes)
}

function addDefault(hosts: VirtualHosts, service: Service, port: number, { scope, mesh, hashOf }: OutboundRoutes): void {
  if (!isHttpOrSniffed(portNumbered(service.ports, port)!.protocol)) return
  const route = defaultRoute(clusterName(service.host, port, ''), 'default', service.origin, mesh, hashOf(service, port))
  addService(hosts, service, port, scope.namespace, [route])
}

function matchesAny(host: string, services: ReadonlyMap<string, Service>): boolean {
  if (services.has(host)) return true
  if (!isWildcard(host)) return [...services.keys()].some((name) => isWildcard(name) && isSubsetOf(host, name))
  return [...services.keys()].some((name) => overlaps(host, name))
}

/**
 * Hosts of a rule that are services, and those that are not. A wildcard host within that of a ServiceEntry is no stranger, and acts for nobody; one of a route
 * of the Gateway API, which a ServiceEntry brings, stands for no service.
 * Source: Istio `core/route/route.go` separateVSHostsAndServices, buildSidecarVirtualHostsForVirtualService.
 */
function separateHosts(
  vs: VirtualService,
  services: ReadonlyMap<string, Service>,
  owners: ReadonlyMap<string, VirtualService>,
): { strangers: string[]; matching: Service[] } {
  const strangers: string[] = []
  const matching: Service[] = []
  const hosts = vs.hosts.map((host) => host.toLowerCase())
  for (const host of hosts.filter((name) => !isWildcard(name))) {
    const service = services.get(host)
    if (service) matching.push(service)
    else strangers.push(host)
  }
  for (const host of hosts.filter(isWildcard)) {
    const fitting = vs.semantics === 'gateway-api' ? [] : [...services.values()].filter((service) => overlaps(service.host, host))
    if (fitting.length === 0) strangers.push(host)
    matching.push(...fitting.filter((service) => owners.get(service.host) === vs))
  }
  return { strangers, matching }
}

/** Which rule a service belongs to when several name it: the exact one, else the one with the longest wildcard. Source: Istio `pilot/pkg/model/sidecar.go`. */
function mostSpecificOwners({ services, aliases, virtualServices }: EgressListener): ReadonlyMap<string, VirtualService> {
  const exact = new Map<string, VirtualService>()
  const wild: { host: string; vs: VirtualService }[] = []
  for (const vs of virtualServices)
    for (const host of vs.hosts)
      if (isWildcard(host)) wild.push({ host, vs })
      else if (!exact.has(host)) exact.set(host, vs)
  if (wild.length === 0) return exact
  wild.sort((a, b) => b.host.length - a.host.length)
  const owners = new Map<string, VirtualService>()
  for (const service of [...services, ...aliases]) {
    const owner = exact.get(service.host) ?? wild.find(({ host }) => isSubsetOf(service.host, host))?.vs
    if (owner) owners.set(service.host, owner)
  }
  return owners
}

/** Source: Istio `core/httproute.go` buildCatchAllVirtualHost. */
function catchAll({ scope: { outboundMode, unknownTo }, mesh }: OutboundRoutes): VirtualHost {
  const name = namesOfCatchAll[outboundMode]
  const origin = builtIn(`outboundTrafficPolicy ${outboundMode}`)
  const passed = defaultRoute(outboundMode === 'ALLOW_ANY_DYNAMIC_DNS' ? byNameInHost : unknownTo, name, origin, mesh)
  const route: Route =
    outboundMode !== 'REGISTRY_ONLY' && passed.action.kind === 'forward'
      ? { ...passed, action: { ...passed.action, retry: null } }
      : { ...passed, match: matchAll, action: { kind: 'direct-response', status: 502, body: null }, requestHeaders: noMutation }
  return { name, domains: ['*'], routes: [route], requireTls: false }
}

const namesOfCatchAll: Readonly<Record<OutboundMode, string>> = {
  REGISTRY_ONLY: 'block_all',
  ALLOW_ANY: 'allow_any',
  ALLOW_ANY_DYNAMIC_DNS: unknownHttpTable,
}

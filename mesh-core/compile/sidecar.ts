import type { FilterChain, Listener, NetworkFilter } from '../ir/proxy-config.ts'
import type { Route, RouteTable, VirtualHost } from '../ir/route.ts'
import { noMutation } from '../ir/route.ts'
import type { Labels } from '../registry/labels.ts'
import { isHttp, isHttpOrSniffed } from '../registry/protocol.ts'
import type { Registry, Service, ServicePort } from '../registry/registry.ts'
import type { Catalog } from './catalog.ts'
import { groupBy } from './group-by.ts'
import { defaultRoute } from './http-routes.ts'
import type { MeshConfig } from './mesh-config.ts'
import { clusterName, isSubsetOf, isWildcard, meshGateway, overlaps } from './names.ts'
import { builtIn } from './origin.ts'
import { matchAll } from './route-match.ts'
import { isVisible } from './visibility.ts'
import type { VirtualService } from './virtual-service.ts'
import { serviceDomains, VirtualHosts } from './virtual-hosts.ts'

/** What the outbound side of the sidecars of a namespace is made of. */
export interface SidecarScope {
  readonly catalog: Catalog
  readonly registry: Registry
  readonly namespace: string
  readonly labels: Labels
  /** Routes of a rule on a port; remembered by the compiler. */
  readonly routesOf: (vs: VirtualService, port: number) => readonly Route[]
}

/** The services that a namespace may see. Source: Istio `pilot/pkg/model/sidecar.go` DefaultSidecarScopeForNamespace. */
export function visibleServices(registry: Registry, mesh: MeshConfig, namespace: string): Service[] {
  return registry.services.filter((service) => isVisible(service.exportTo, mesh.defaultServiceExportTo, service.namespace, namespace))
}

/**
 * One for each address and port that is dialled; HTTP ports share one for all addresses, and so do hosts behind TLS that have no address and are told apart by
 * their name. Source: Istio `core/listener.go` buildSidecarOutboundListeners.
 */
export function outboundListeners(services: readonly Service[], mesh: MeshConfig): Listener[] {
  const listeners = new Map<string, Listener>()
  for (const service of services)
    for (const port of service.ports) {
      const listener = listenerOf(service, port, mesh)
      if (!listener) continue
      const known = listeners.get(listener.name)
      if (!known) listeners.set(listener.name, listener)
      else if (isByServerName(known) && isByServerName(listener)) listeners.set(listener.name, joinedListener(known, listener))
    }
  return [...listeners.values(), virtualOutbound(mesh)]
}

function listenerOf(service: Service, port: ServicePort, mesh: MeshConfig): Listener | null {
  if (port.protocol === 'udp') return null
  const address = isHttp(port.protocol) || service.address === '' ? '0.0.0.0' : service.address
  const routeTable = isHttp(port.protocol) ? String(port.number) : port.protocol === 'auto' ? sniffedTable(service, port) : null
  const filterChains =
    routeTable === null ? tcpChains(service, port, mesh) : [anyChain('', { kind: 'http', routeTable, pathNormalization: mesh.pathNormalization })]
  return { name: `${address}_${port.number}`, direction: 'outbound', address, port: port.number, filterChains }
}

/** Behind TLS a host without an address is known by the name that the client asks for; what fits no name is treated as unknown traffic. */
function tcpChains(service: Service, port: ServicePort, mesh: MeshConfig): FilterChain[] {
  const chain = anyChain('', tcpTo(clusterName(service.host, port.number, '')))
  const byName = service.address === '' && (port.protocol === 'tls' || port.protocol === 'https')
  return byName ? [{ ...chain, serverNames: [service.host], transport: 'tls' }, unknownTraffic(mesh)] : [chain]
}

function isByServerName(listener: Listener): boolean {
  return (listener.filterChains[0]?.serverNames.length ?? 0) > 0
}

function joinedListener(first: Listener, second: Listener): Listener {
  const fallback = first.filterChains.at(-1)!
  return { ...first, filterChains: [...first.filterChains.slice(0, -1), ...second.filterChains.slice(0, -1), fallback] }
}

function anyChain(name: string, filter: NetworkFilter): FilterChain {
  return { name, serverNames: [], transport: null, filter }
}

function tcpTo(cluster: string): NetworkFilter {
  return { kind: 'tcp', clusters: [{ cluster, weight: 1 }] }
}

function unknownTraffic(mesh: MeshConfig): FilterChain {
  const cluster = mesh.allowAny ? 'PassthroughCluster' : 'BlackHoleCluster'
  return anyChain(cluster, tcpTo(cluster))
}

function sniffedTable(service: Service, port: ServicePort): string {
  return `${service.host}:${port.number}`
}

/** Takes what no other listener takes. */
function virtualOutbound(mesh: MeshConfig): Listener {
  return { name: 'virtualOutbound', direction: 'outbound', address: '0.0.0.0', port: 15001, filterChains: [unknownTraffic(mesh)] }
}

/** One table for each HTTP port, and one for each port that is sniffed. */
export function outboundRouteTables(scope: SidecarScope, services: readonly Service[]): Record<string, RouteTable> {
  const tables: Record<string, RouteTable> = {}
  const byPort = groupBy(
    services.flatMap((service) => service.ports.filter((port) => isHttpOrSniffed(port.protocol)).map((port) => ({ service, port }))),
    ({ port }) => port.number,
  )
  for (const [number, entries] of byPort) {
    const hosts = virtualHosts(scope, number, services)
    if (entries.some(({ port }) => isHttp(port.protocol)))
      tables[number] = { name: String(number), virtualHosts: [...hosts, catchAll(scope.catalog.mesh)], ignorePortInHost: true }
    for (const { service, port } of entries) {
      if (port.protocol !== 'auto') continue
      const own = hosts.find((host) => host.domains.includes(service.host))
      const name = sniffedTable(service, port)
      tables[name] = { name, virtualHosts: own ? [{ ...own, domains: ['*'] }] : [], ignorePortInHost: true }
    }
  }
  return tables
}

/** Source: Istio `core/httproute.go` BuildSidecarOutboundVirtualHosts. */
function virtualHosts(scope: SidecarScope, port: number, all: readonly Service[]): VirtualHost[] {
  const services = new Map(all.filter((service) => service.ports.some((own) => own.number === port)).map((service) => [service.host, service]))
  const hosts = new VirtualHosts(new Set(services.keys()))
  const taken = new Set<string>()
  const owners = mostSpecificOwners(scope, all)
  const rules = scope.catalog.virtualServicesFor(meshGateway, scope.namespace)
  // On port 80 rules act for hosts that are no service, too.
  for (const vs of port === 80 ? rules : rules.filter((rule) => rule.hosts.some((host) => matchesAny(host, services)))) {
    const routes = scope.routesOf(vs, port)
    if (routes.length === 0) continue
    const { strangers, matching } = separateHosts(vs, services, owners)
    const http = matching.filter((service) => isHttpOrSniffed(service.ports.find((own) => own.number === port)!.protocol))
    if (http.length === 0 && port !== 80) continue
    for (const host of strangers) hosts.add(host, port, [host], [], routes)
    for (const service of http) {
      taken.add(service.host)
      addService(hosts, service, port, scope.namespace, routes)
    }
  }
  for (const service of services.values()) if (!taken.has(service.host)) addDefault(hosts, service, port, scope)
  return hosts.all
}

function addService(hosts: VirtualHosts, service: Service, port: number, namespace: string, routes: readonly Route[]): void {
  const { domains, shortened } = serviceDomains(service, namespace)
  hosts.add(service.host, port, domains, shortened, routes)
}

function addDefault(hosts: VirtualHosts, service: Service, port: number, scope: SidecarScope): void {
  if (!isHttpOrSniffed(service.ports.find((own) => own.number === port)!.protocol)) return
  addService(hosts, service, port, scope.namespace, [
    defaultRoute(clusterName(service.host, port, ''), 'default', service.origin, scope.catalog.mesh),
  ])
}

function matchesAny(host: string, services: ReadonlyMap<string, Service>): boolean {
  if (services.has(host)) return true
  if (!isWildcard(host)) return [...services.keys()].some((name) => isWildcard(name) && isSubsetOf(host, name))
  return [...services.keys()].some((name) => overlaps(host, name))
}

/** Hosts of a rule that are services, and those that are not. Source: Istio `core/route/route.go` separateVSHostsAndServices. */
function separateHosts(
  vs: VirtualService,
  services: ReadonlyMap<string, Service>,
  owners: ReadonlyMap<string, VirtualService>,
): { strangers: string[]; matching: Service[] } {
  const strangers: string[] = []
  const matching: Service[] = []
  for (const host of vs.hosts.filter((name) => !isWildcard(name))) {
    const service = services.get(host)
    if (service) matching.push(service)
    else strangers.push(host)
  }
  for (const host of vs.hosts.filter(isWildcard)) {
    const fitting = [...services.values()].filter((service) => isSubsetOf(service.host, host))
    if (fitting.length === 0) strangers.push(host)
    matching.push(...fitting.filter((service) => owners.get(service.host) === vs))
  }
  return { strangers, matching }
}

/** Which rule a service belongs to when several name it: the exact one, else the one with the longest wildcard. Source: Istio `pilot/pkg/model/sidecar.go`. */
function mostSpecificOwners(scope: SidecarScope, services: readonly Service[]): ReadonlyMap<string, VirtualService> {
  const exact = new Map<string, VirtualService>()
  const wild: { host: string; vs: VirtualService }[] = []
  for (const vs of scope.catalog.virtualServicesFor(meshGateway, scope.namespace))
    for (const host of vs.hosts)
      if (isWildcard(host)) wild.push({ host, vs })
      else if (!exact.has(host)) exact.set(host, vs)
  if (wild.length === 0) return exact
  wild.sort((a, b) => b.host.length - a.host.length)
  const owners = new Map<string, VirtualService>()
  for (const service of services) {
    const owner = exact.get(service.host) ?? wild.find(({ host }) => isSubsetOf(service.host, host))?.vs
    if (owner) owners.set(service.host, owner)
  }
  return owners
}

/** Source: Istio `core/httproute.go` buildCatchAllVirtualHost. */
function catchAll(mesh: MeshConfig): VirtualHost {
  const name = mesh.allowAny ? 'allow_any' : 'block_all'
  const origin = builtIn(`outboundTrafficPolicy ${mesh.allowAny ? 'ALLOW_ANY' : 'REGISTRY_ONLY'}`)
  const passed = defaultRoute('PassthroughCluster', name, origin, mesh)
  const route: Route =
    mesh.allowAny && passed.action.kind === 'forward'
      ? { ...passed, action: { ...passed.action, retry: null } }
      : { ...passed, match: matchAll, action: { kind: 'direct-response', status: 502, body: null }, requestHeaders: noMutation }
  return { name, domains: ['*'], routes: [route], requireTls: false }
}

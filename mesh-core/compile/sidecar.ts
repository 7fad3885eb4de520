import type { Listener } from '../ir/proxy-config.ts'
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

/** Source: Istio `core/listener.go` buildSidecarOutboundListeners. */
export function outboundListeners(services: readonly Service[], mesh: MeshConfig): Listener[] {
  const listeners = new Map<string, Listener>()
  for (const service of services)
    for (const port of service.ports)
      for (const listener of listenersOf(service, port)) if (!listeners.has(listener.name)) listeners.set(listener.name, listener)
  return [...listeners.values(), virtualOutbound(mesh)]
}

function listenersOf(service: Service, port: ServicePort): Listener[] {
  if (port.protocol === 'udp') return []
  const base = { direction: 'outbound', port: port.number } as const
  const chain = { name: '', serverNames: [] as string[], transport: null }
  if (isHttp(port.protocol)) {
    const name = `0.0.0.0_${port.number}`
    return [{ ...base, name, address: '0.0.0.0', filterChains: [{ ...chain, filter: { kind: 'http', routeTable: String(port.number) } }] }]
  }
  const address = service.address === '' ? '0.0.0.0' : service.address
  const name = `${address}_${port.number}`
  if (port.protocol === 'auto')
    return [{ ...base, name, address, filterChains: [{ ...chain, filter: { kind: 'http', routeTable: sniffedTable(service, port) } }] }]
  const cluster = clusterName(service.host, port.number, '')
  const byName = service.address === '' && (port.protocol === 'tls' || port.protocol === 'https')
  const filter = { kind: 'tcp', clusters: [{ cluster, weight: 1 }] } as const
  return [{ ...base, name, address, filterChains: [{ ...chain, ...(byName && { serverNames: [service.host], transport: 'tls' as const }), filter }] }]
}

function sniffedTable(service: Service, port: ServicePort): string {
  return `${service.host}:${port.number}`
}

/** Takes what no other listener takes. */
function virtualOutbound(mesh: MeshConfig): Listener {
  const cluster = mesh.allowAny ? 'PassthroughCluster' : 'BlackHoleCluster'
  const filterChains = [{ name: cluster, serverNames: [], transport: null, filter: { kind: 'tcp', clusters: [{ cluster, weight: 1 }] } }] as const
  return { name: 'virtualOutbound', direction: 'outbound', address: '0.0.0.0', port: 15001, filterChains }
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

import type { Registry, Service, ServicePort } from '../registry/registry.ts'
import { byAge } from '../registry/services.ts'
import type { Catalog } from './catalog.ts'
import type { Departs } from './departures.ts'
import { withAllocated } from './dns-proxy.ts'
import { destinationCluster } from './destination-cluster.ts'
import type { MeshConfig } from './mesh-config.ts'
import { isSubsetOf, isWildcard, meshGateway, overlaps } from './names.ts'
import type { EgressSpec, ImportedHost, SidecarResource } from './sidecar-resource.ts'
import { everything } from './sidecar-resource.ts'
import type { VirtualService } from './virtual-service.ts'
import { reachOf } from './visibility.ts'

/** What a sidecar knows, through one of its `egress` entries. */
export interface EgressListener extends EgressSpec {
  readonly services: readonly Service[]
  /** Other names of services: rules may be for them, nothing else is. */
  readonly aliases: readonly Service[]
  readonly virtualServices: readonly VirtualService[]
}

/** What a sidecar knows of the mesh. Source: Istio `pilot/pkg/model/sidecar.go` SidecarScope. */
export interface SidecarScope {
  readonly namespace: string
  readonly egress: readonly EgressListener[]
  /** Of all entries, and the destinations of their rules: what clusters are made of. */
  readonly services: readonly Service[]
  readonly allowAny: boolean
  /** The cluster that takes what no rule and no service is for. */
  readonly unknownTo: string
  /** HTTP services that have addresses are told apart by them, not by the Host header. */
  readonly byAddress: boolean
}

/**
 * Services that are exported to a namespace, each kind in order of age: those for it alone or by name first, then those that are public. Which of them are its own
 * does not matter, as it does with VirtualServices. Source: `push_context.go` initServiceRegistry, servicesExportedToNamespace.
 */
export function visibleServices(registry: Registry, mesh: MeshConfig, namespace: string): Service[] {
  // An alias is a name of another service, and nothing of its own.
  return visible(
    registry.services.filter(({ resolution }) => resolution !== 'alias'),
    mesh,
    namespace,
  )
}

function visible(services: readonly Service[], mesh: MeshConfig, namespace: string): Service[] {
  const byReach = { named: [] as Service[], public: [] as Service[] }
  for (const service of services) {
    const reach = reachOf(service.exportTo, mesh.defaultServiceExportTo, service.namespace, namespace)
    if (reach) byReach[reach === 'public' ? 'public' : 'named'].push(service)
  }
  return [...byReach.named, ...byReach.public]
}

/** Of several services of one host a proxy knows one. Source: the same file, DefaultSidecarScopeForGateway. */
export function gatewayServices(registry: Registry, mesh: MeshConfig, namespace: string): Service[] {
  const merged = new MergedServices()
  for (const service of visibleServices(registry, mesh, namespace)) merged.add(service)
  return merged.all
}

/** @param sidecar `null`: everything is known that is exported to the namespace */
export function sidecarScope(
  { catalog, registry, departs, answersDns }: ScopeSources,
  namespace: string,
  sidecar: SidecarResource | null,
): SidecarScope {
  const known = visibleServices(registry, catalog.mesh, namespace)
  const all = answersDns ? known.map(withAllocated) : known
  const aliases = visible(
    registry.services.filter(({ resolution }) => resolution === 'alias'),
    catalog.mesh,
    namespace,
  )
  const rules = catalog.virtualServicesFor(meshGateway, namespace)
  const egress = (sidecar?.egress ?? [everything]).map((spec) =>
    egressListener(spec, namespace, { services: all, aliases, every: registry.services }, rules),
  )
  const hidden = hiddenFromThemselves(registry, known, namespace)
  // Without a Sidecar all else is known already.
  const inferred = sidecar ? [...all, ...hidden] : hidden
  const merged = new MergedServices()
  for (const listener of egress) {
    for (const service of listener.services) merged.add(service)
    for (const service of destinations(listener, namespace, inferred)) merged.add(service)
  }
  const byAddress = !departs('hostsNameServicesInMesh') && rules.some(({ semantics }) => semantics === 'gateway-api')
  const allowAny = sidecar?.allowAny ?? catalog.mesh.allowAny
  return { namespace, egress, services: merged.all, allowAny, unknownTo: allowAny ? passedTo(sidecar) : 'BlackHoleCluster', byAddress }
}

/** The proxy is named as it stands: no short name, no port that is left out. Source: Istio `core/listener_builder.go` buildOutboundCatchAllNetworkFiltersOnly. */
function passedTo(sidecar: SidecarResource | null): string {
  return sidecar?.egressProxy ? destinationCluster(sidecar.egressProxy, () => undefined, 0) : 'PassthroughCluster'
}

export interface ScopeSources {
  /** By the agents of its pods. */
  readonly answersDns: boolean
  readonly catalog: Catalog
  readonly registry: Registry
  readonly departs: Departs
}

function egressListener(
  spec: EgressSpec,
  namespace: string,
  { services, aliases, every }: Pick<EgressListener, 'services' | 'aliases'> & { readonly every: readonly Service[] },
  rules: readonly VirtualService[],
): EgressListener {
  const inNamespace = (entry: ImportedHost): ImportedHost => (entry.namespace === '.' ? { ...entry, namespace } : entry)
  const [hosts, excluded] = [spec.hosts.map(inNamespace), spec.excluded.map(inNamespace)]
  const all = excluded.length === 0 && hosts.some((entry) => entry.namespace === '*' && entry.host === '*')
  const imported = (from: readonly Service[]) => {
    const some = all ? [...from] : from.filter((service) => importsService(hosts, service) && !excludes(excluded, service))
    return spec.port ? some.flatMap((service) => ofPort(service, spec.port!.number) ?? []) : some
  }
  const known = hosts.every(isOneService) ? firstOfEach(services, every) : services
  return {
    ...spec,
    services: ofOneNamespaceEach(imported(known), namespace).map((service) => (all ? service : withImportedAliases(service, hosts))),
    aliases: aliases.length === 0 ? aliases : imported(aliases),
    virtualServices: all ? rules : rules.filter((vs) => importsRule({ hosts, excluded }, vs)),
  }
}

function isOneService({ namespace, host }: ImportedHost): boolean {
  return namespace !== '*' && !isWildcard(host)
}

/**
 * Where every import names one service, of several entries of one host and namespace the first is taken and nothing of the others, in order of age.
 * Source: the same file, servicesForExactHosts; `push_context.go` initServiceRegistry.
 */
function firstOfEach(visible: readonly Service[], all: readonly Service[]): Service[] {
  const first = new Map<string, Service>()
  for (const service of all) {
    const key = keyOf(service)
    const known = first.get(key)
    if (!known || (known.provider !== 'Kubernetes' && service.provider === 'Kubernetes')) first.set(key, service)
  }
  return visible.filter((service) => first.get(keyOf(service))!.origin === service.origin).sort(byAge)
}

function keyOf({ namespace, host }: Service): string {
  return `${namespace}/${host}`
}

/** Source: the same file, hostClassification.Excluded. */
function excludes(excluded: readonly ImportedHost[], { namespace, host }: Pick<Service, 'namespace' | 'host'>): boolean {
  return excluded.some((entry) => (entry.namespace === namespace || entry.namespace === '*') && isSubsetOf(host, entry.host))
}

/** Source: the same file, hostClassification.Matches. */
function importsService(hosts: readonly ImportedHost[], { host, namespace }: Service): boolean {
  const from = hosts.filter((entry) => entry.namespace === namespace || entry.namespace === '*')
  return from.some((entry) => (isWildcard(entry.host) ? isSubsetOf(host, entry.host) : host === entry.host))
}

/** Source: the same file, matchingAliasService. */
function withImportedAliases(service: Service, hosts: readonly ImportedHost[]): Service {
  if (service.aliases.length === 0) return service
  return { ...service, aliases: service.aliases.filter((host) => importsService(hosts, { ...service, host })) }
}

/**
 * A rule comes along when any of its hosts overlaps with what is imported; that of a route has to be within. Source: the same file, VSMatches; `virtualservice.go`
 * SelectVirtualServices.
 */
function importsRule({ hosts, excluded }: Pick<EgressSpec, 'hosts' | 'excluded'>, vs: VirtualService): boolean {
  const from = hosts.filter((entry) => entry.namespace === vs.namespace || entry.namespace === '*')
  const matches = vs.semantics === 'gateway-api' ? isSubsetOf : overlaps
  const wanted = vs.hosts.filter((host) => !excludes(excluded, { namespace: vs.namespace, host }))
  return from.some((entry) => wanted.some((host) => matches(host, entry.host)))
}

function ofPort(service: Service, number: number): Service | null {
  const ports = service.ports.filter((port) => port.number === number)
  if (ports.length === 0) return null
  return ports.length === service.ports.length ? service : { ...service, ports }
}

/**
 * Several services of one host come from one namespace only: the proxy's own, else that of a Kubernetes service, else the first one's.
 * Source: the same file, selectServices.
 */
function ofOneNamespaceEach(services: readonly Service[], own: string): Service[] {
  const chosen = new Map<string, Service>()
  for (const service of services) {
    const known = chosen.get(service.host)
    const better = known?.provider !== 'Kubernetes' && service.provider === 'Kubernetes' && known?.namespace !== own
    if (!known || service.namespace === own || better) chosen.set(service.host, service)
  }
  return services.filter((service) => chosen.get(service.host)!.namespace === service.namespace)
}

/** Services of the namespace that are exported to others alone: rules send to them all the same. Source: the same file, collectImportedServices. */
function hiddenFromThemselves(registry: Registry, visible: readonly Service[], namespace: string): Service[] {
  const own = registry.services.filter((service) => service.namespace === namespace && service.resolution !== 'alias')
  if (own.length === 0) return own
  const seen = new Set(visible)
  return own.filter((service) => !seen.has(service))
}

/** Services that the rules of an entry send to. Source: the same file, collectImportedServices. */
function destinations(listener: EgressListener, namespace: string, visible: readonly Service[]): Service[] {
  if (listener.virtualServices.length === 0 || visible.length === 0) return []
  const byHost = new Map<string, Service[]>()
  for (const service of visible) byHost.set(service.host, [...(byHost.get(service.host) ?? []), service])
  return listener.virtualServices.flatMap((vs) =>
    [...destinationPorts(vs, namespace)].flatMap(([host, ports]) => {
      const found = [...(byHost.get(host) ?? [])].sort((a, b) => order(a.namespace, b.namespace))
      const service = found.find((one) => one.namespace === namespace) ?? found[0]
      if (!service) return []
      if (listener.port) return ofPort(service, listener.port.number) ?? []
      return ofPorts(service, ports) ?? []
    }),
  )
}

/** 0 stands for a destination that names no port. Source: `push_context.go` virtualServiceDestinationsFilteredBySourceNamespace. */
function destinationPorts(vs: VirtualService, namespace: string): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>()
  const add = (destination: { readonly host?: string; readonly port?: { readonly number?: number } } | undefined): void => {
    if (!destination?.host) return
    const ports = found.get(destination.host) ?? new Set()
    found.set(destination.host, ports.add(destination.port?.number ?? 0))
  }
  for (const { spec } of vs.rules) {
    const sources = (spec.match ?? []).flatMap((match) => match.sourceNamespace || [])
    if (sources.length > 0 && !sources.includes(namespace)) continue
    for (const entry of spec.route ?? []) add(entry.destination as never)
    add(spec.mirror as never)
    for (const entry of spec.mirrors ?? []) add(entry.destination as never)
  }
  return found
}

function ofPorts(service: Service, numbers: ReadonlySet<number>): Service | null {
  if (numbers.has(0)) return service
  const ports = service.ports.filter((port) => numbers.has(port.number))
  if (ports.length === 0) return null
  return ports.length === service.ports.length ? service : { ...service, ports }
}

/**
 * One service for each host: the first, unless a later one is Kubernetes' own; what comes of one ServiceEntry's namespace and resolution adds its ports.
 * Source: the same file, appendSidecarServices.
 */
class MergedServices {
  readonly #byHost = new Map<string, Service>()

  get all(): Service[] {
    return [...this.#byHost.values()]
  }

  add(service: Service): void {
    const known = this.#byHost.get(service.host)
    if (!known) return void this.#byHost.set(service.host, service)
    if (known === service) return
    if (known.provider !== 'Kubernetes' && service.provider === 'Kubernetes') return void this.#byHost.set(service.host, service)
    if (!mayMerge(known, service)) return
    const ports = service.ports.filter((port) => !known.ports.some((own) => own.number === port.number))
    if (ports.length > 0) this.#byHost.set(service.host, { ...known, ports: [...known.ports, ...ports.map((port) => portOfAnother(known, port))] })
  }
}

/** Where connections keep their destination, other ports of it are those of the first service alone (`PassthroughTargetPorts`). */
function portOfAnother({ resolution }: Service, port: ServicePort): ServicePort {
  const { ownTarget: _, ...plain } = port
  return resolution === 'none' ? plain : port
}

/** Source: the same file, canMergeServices. */
function mayMerge(a: Service, b: Service): boolean {
  const attributes = ({ namespace, resolution, provider, labels, selector, exportTo }: Service): string =>
    JSON.stringify([namespace, resolution, provider, Object.entries(labels).sort(), Object.entries(selector ?? {}).sort(), [...exportTo].sort()])
  return attributes(a) === attributes(b)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The entry whose services a route table of a port is made of. Source: the same file, GetEgressListenerForRDS. */
export function egressForPort(scope: SidecarScope, port: number): EgressListener | null {
  return scope.egress.find((listener) => listener.port === null || listener.port.number === port) ?? null
}

import type { Registry, Service } from '../../registry/registry.ts'
import type { Catalog } from '../catalog.ts'
import type { Departs } from '../departures.ts'
import { withAllocated } from './allocated-addresses.ts'
import { destinationCluster } from '../clusters/destination-cluster.ts'
import { egressListener, ofListened } from './egress-imports.ts'
import type { EgressListener } from './egress-imports.ts'
import { MergedServices } from './merged-services.ts'
import type { MeshConfig, OutboundMode } from '../mesh/mesh-config.ts'
import { meshGateway } from '../names.ts'
import { serviceIndex } from './service-index.ts'
import type { SidecarResource } from './sidecar-resource.ts'
import { everything } from './sidecar-resource.ts'
import type { VirtualService } from '../rules/virtual-service.ts'
import { reachOf } from './visibility.ts'

/** What a sidecar knows of the mesh. Source: Istio `pilot/pkg/model/sidecar.go` SidecarScope. */
export interface SidecarScope {
  readonly namespace: string
  readonly egress: readonly EgressListener[]
  /** Of all entries, and the destinations of their rules: what clusters are made of. */
  readonly services: readonly Service[]
  readonly outboundMode: OutboundMode
  /** The cluster that takes what no rule and no service is for; with ALLOW_ANY_DYNAMIC_DNS bytes alone. */
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
  const inferred = inferredServices({ catalog, registry, departs, answersDns }, namespace, sidecar !== null)
  const merged = new MergedServices()
  for (const listener of egress) {
    for (const service of listener.services) merged.add(service)
    if (inferred) for (const service of destinations(listener, namespace, inferred)) merged.add(service)
  }
  const byAddress = !departs('hostsNameServicesInMesh') && rules.some(({ semantics }) => semantics === 'gateway-api')
  const outboundMode = sidecar?.outboundMode ?? catalog.mesh.outboundTrafficPolicy.mode
  const unknownTo = outboundMode === 'REGISTRY_ONLY' ? 'BlackHoleCluster' : passedTo(sidecar)
  return { namespace, egress, services: merged.all, outboundMode, unknownTo, byAddress }
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

/**
 * Whom a rule that sends to a host means: the namespace's own, also one that is exported to others alone, else of the first namespace of which one is seen.
 * Source: the same file, collectImportedServices, pickFirstVisibleNamespace.
 * @param imports some things alone; otherwise all that is seen is known already
 * @returns `null`: nobody who is not known
 */
function inferredServices(
  { catalog: { mesh }, registry: { services }, answersDns }: ScopeSources,
  namespace: string,
  imports: boolean,
): Inferred | null {
  const isSeen = ({ exportTo, namespace: owner }: Service): boolean => reachOf(exportTo, mesh.defaultServiceExportTo, owner, namespace) !== null
  const hidden = imports ? null : new Set(services.filter((service) => service.namespace === namespace && !isSeen(service)).map(({ host }) => host))
  if (hidden?.size === 0) return null
  const index = serviceIndex(services)
  return (host) => {
    const found = hidden === null || hidden.has(host) ? index.get(host) : undefined
    const service = found?.get(namespace) ?? [...(found?.values() ?? [])].filter(isSeen).sort((a, b) => order(a.namespace, b.namespace))[0]
    if (!service || service.resolution === 'alias') return undefined
    return answersDns ? withAllocated(service) : service
  }
}

type Inferred = (host: string) => Service | undefined

/** Services that the rules of an entry send to. Source: the same file, collectImportedServices. */
function destinations(listener: EgressListener, namespace: string, inferred: Inferred): Service[] {
  return listener.virtualServices.flatMap((vs) =>
    [...destinationPorts(vs, namespace)].flatMap(([host, ports]) => {
      const service = inferred(host)
      if (!service) return []
      return (listener.port && !listener.isProxy ? ofListened(service, listener) : ofPorts(service, ports)) ?? []
    }),
  )
}

/** 0 stands for a destination that names no port. What connections match is not looked at. Source: `push_context.go` virtualServiceDestinationsFilteredBySourceNamespace. */
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
  for (const { route } of [...vs.tcp, ...vs.tls]) for (const { destination } of route) add(destination)
  return found
}

function ofPorts(service: Service, numbers: ReadonlySet<number>): Service | null {
  if (numbers.has(0)) return service
  const ports = service.ports.filter((port) => numbers.has(port.number))
  if (ports.length === 0) return null
  return ports.length === service.ports.length ? service : { ...service, ports }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The entry whose services a route table of a port is made of. Source: the same file, GetEgressListenerForRDS. */
export function egressForPort(scope: SidecarScope, port: number): EgressListener | null {
  return scope.egress.find((listener) => listener.port === null || listener.port.number === port) ?? null
}

import { inboundCapturePort } from '../../../mesh-core/ir/inbound-port.ts'
import type { ApplicationAddress, ApplicationSocket, InboundPort } from '../../../mesh-core/ir/inbound-port.ts'
import type { Listener, ProxyConfig } from '../../../mesh-core/ir/proxy-config.ts'
import { listensOn } from '../../../mesh-core/dataplane/receiver.ts'
import { isBytes } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import { endsInferredTls } from '../../../mesh-core/registry/outsiders.ts'
import { portsOfPod } from '../../../mesh-core/registry/ports-of-pod.ts'
import type { ApplicationTls } from '../../../mesh-core/ir/tls.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { EnvoyConfig } from './configurator.ts'
import { credentials } from './credentials.ts'
import { freePorts } from './free-ports.ts'
import { secretNamed, secretsOf } from './mesh-secrets.ts'
import { askerName, podName, proxyName } from './pod-names.ts'
import { placementOf } from './pod-placement.ts'
import { anyOther, nowhere, PodPlaces } from './pod-places.ts'
import type { Writer } from './xds/access-log.ts'
import { cluster } from './xds/cluster.ts'
import { clusterLoadAssignment } from './xds/endpoint.ts'
import { isWithoutSecrets } from './xds/downstream-tls.ts'
import type { Json } from './xds/json.ts'
import { PlacedFormats } from './xds/placed-formats.ts'
import { chainsAt, gatewayListener, otherLandings, sidecarInbound, sidecarOutbound } from './xds/placed-listeners.ts'
import type { Placement, SocketAddress } from './xds/placement.ts'
import { udpCluster, udpListener } from './xds/udp-listener.ts'
import { withoutLookup } from './xds/without-lookup.ts'
import { routeConfiguration } from './xds/route-table.ts'

/** What is known of the inbound sides of sidecars, and of the applications behind them. */
export interface InboundSides {
  readonly hasInbound: (workload: WorkloadInstance) => boolean
  /** The ports that the workload's Sidecar resource lists. */
  readonly listedPorts: (workload: WorkloadInstance) => readonly number[]
  /** How a sidecar takes connections to a port of its workload. */
  readonly inboundPort: (workload: WorkloadInstance, port: number) => InboundPort
  /** Where an application listens on a port of its own. */
  readonly applicationAddress: (workload: WorkloadInstance, port: number) => ApplicationAddress
  /** What an application expects of connections to its port. */
  readonly applicationTls: (workload: WorkloadInstance, port: number) => ApplicationTls
}

interface ProxyParts {
  readonly clusters: readonly Json[]
  readonly endpoints: readonly [string, Json][]
  readonly listeners: readonly Json[]
  readonly routes: readonly [string, Json][]
}

/** The config of a mesh's proxies, made for the places where everything is in truth. */
export class Topology {
  readonly #prefix: string
  readonly #sides: InboundSides
  readonly places: PodPlaces
  /** By pod. */
  readonly #formats = new Map<string, PlacedFormats>()
  /** PEM. */
  #systemAuthorities = ''

  /** @param prefix of all names in the Envoy, which may host other meshes, too */
  constructor(prefix: string, sides: InboundSides) {
    this.#prefix = prefix
    this.#sides = sides
    this.places = new PodPlaces((workload) => this.inbound(workload))
  }

  /** Does the workload's own sidecar read requests like this, so that it writes of each? */
  reads(workload: WorkloadInstance, podPort: number, { protocol }: HttpRequest): boolean {
    if (!this.inbound(workload) || isBytes(protocol)) return false
    const leading = this.#ways(workload, podPort)
    const isRead = ({ chains }: InboundPort): boolean =>
      protocol === 'http/1.0' ? chains.every(({ reads }) => reads === 'http') : chains.some(({ reads }) => reads === 'http')
    return leading.length > 0 && leading.every(isRead)
  }

  inbound(workload: WorkloadInstance): boolean {
    return workload.sidecar && this.#sides.hasInbound(workload)
  }

  /** The config of all proxies. @param proxyConfig `null` for one that sends nothing: of it only what it takes in is run */
  async config(registry: Registry, proxyConfig: (workload: WorkloadInstance) => ProxyConfig | null): Promise<EnvoyConfig> {
    const proxies = registry.workloads.flatMap((workload) => {
      if (!this.places.has(workload.ref)) return []
      const config = proxyConfig(workload)
      return config || this.inbound(workload) ? [{ workload, config }] : []
    })
    for (const { workload, config } of proxies) await this.#findPorts(workload, config, registry)
    this.#systemAuthorities ||= await credentials.systemAuthorities()
    const secrets = new Set<string>()
    const parts = proxies.map(({ workload, config }) => this.#proxy(workload, config, registry, secrets))
    return {
      clusters: parts.flatMap(({ clusters }) => clusters),
      endpoints: new Map(parts.flatMap(({ endpoints }) => endpoints)),
      listeners: parts.flatMap(({ listeners }) => listeners),
      routes: new Map(parts.flatMap(({ routes }) => routes)),
      secrets: new Map(await Promise.all([...secrets].map(async (name) => [name, await secretNamed(name)] as const))),
    }
  }

  async #findPorts(workload: WorkloadInstance, config: ProxyConfig | null, registry: Registry): Promise<void> {
    const { byPodPort } = this.places.of(workload.ref)
    const listeners = [...(config?.listeners ?? []), ...(config?.udpListeners ?? [])]
    const wanted = workload.gateway ? listeners.map(({ port }) => port) : this.#inboundPorts(workload, registry)
    const missing = [...new Set(wanted)].filter((port) => !byPodPort.has(port))
    const found = await freePorts(missing.length)
    missing.forEach((port, i) => byPodPort.set(port, found[i]!))
  }

  /** @param secrets gets the names of those that the proxy asks for */
  #proxy(workload: WorkloadInstance, config: ProxyConfig | null, registry: Registry, secrets: Set<string>): ProxyParts {
    const inbound = workload.gateway || !this.inbound(workload) ? [] : this.#inbound(workload, registry, secrets)
    const own = { clusters: inbound.map(({ cluster }) => cluster), endpoints: [], listeners: inbound.map(({ listener }) => listener), routes: [] }
    if (!config) return own
    const sent = this.#sent(workload, withoutLookup(config), registry, secrets)
    return { ...sent, clusters: [...sent.clusters, ...own.clusters], listeners: [...sent.listeners, ...own.listeners] }
  }

  /** Of what it passes on for its workload, or as a gateway. */
  #sent(workload: WorkloadInstance, config: ProxyConfig, registry: Registry, secrets: Set<string>): ProxyParts {
    const placement = placementOf({
      ...{ workload, registry, secrets, places: this.places, systemAuthorities: this.#systemAuthorities },
      ...{ prefix: this.#nameOf(workload), writer: this.#writer(workload), formats: this.#formatsOf(workload) },
      endsTls: (endpoint) => endsInferredTls(endpoint, registry, this.#sides.applicationTls),
    })
    // First: what headers tell of addresses is said by listeners and endpoints.
    const tables = [...tablesOf(config.listeners, workload.gateway)].flatMap((name) => config.routeTables[name] ?? [])
    const routes = tables.map((table) => [placement.routeTable(table.name), routeConfiguration(table, placement)] as [string, Json])
    const outbound = this.#outbound(workload, config, placement)
    const datagrams = this.#datagrams(workload, config, { ...placement, endpoint: (one) => this.#takesDatagrams(one, registry) })
    const asking = Object.values(config.clusters).filter((one) => one.discovery === 'eds' && placement.endpointSource(one) !== null)
    return {
      endpoints: asking.map((one) => [placement.cluster(one.name), clusterLoadAssignment(one, placement)]),
      clusters: [...Object.values(config.clusters).map((one) => cluster(one, placement)), ...datagrams.map((one) => one.cluster)],
      listeners: [...outbound, ...datagrams.map((one) => one.listener)],
      routes,
    }
  }

  #outbound(workload: WorkloadInstance, config: ProxyConfig, placement: Placement): Json[] {
    const places = this.places.of(workload.ref)
    const name = this.#nameOf(workload)
    // Envoy takes no listener without chains: a sidecar that has none is not there for its workload.
    if (!workload.gateway) return config.listeners.length === 0 ? [] : [sidecarOutbound(`${name}outbound`, places.outbound, config, placement)]
    return config.listeners.map((one) =>
      gatewayListener(`${name}${one.name}`, places.byPodPort.get(one.port)!, one, otherLandings(config), placement),
    )
  }

  /** What a gateway takes over UDP, at the same ports of 127.0.0.1 as over TCP. */
  #datagrams(workload: WorkloadInstance, { udpListeners = [], clusters }: ProxyConfig, placement: Placement): { listener: Json; cluster: Json }[] {
    const { byPodPort } = this.places.of(workload.ref)
    return udpListeners.map((one) => ({
      listener: udpListener(one, `${this.#nameOf(workload)}${one.name}`, { address: '127.0.0.1', port: byPodPort.get(one.port)! }, placement),
      cluster: udpCluster(one, clusters, placement),
    }))
  }

  #takesDatagrams({ address, port }: SocketAddress, registry: Registry): SocketAddress {
    const pod = registry.workloadAt(address)
    return pod ? this.places.behindSidecar(pod, port) : nowhere
  }

  #inbound(workload: WorkloadInstance, registry: Registry, secrets: Set<string>): { listener: Json; cluster: Json }[] {
    const places = this.places.of(workload.ref)
    return this.#inboundPorts(workload, registry).map((podPort) =>
      sidecarInbound({
        writer: this.#writer(workload),
        name: `${this.#nameOf(workload)}inbound|${podPort}`,
        podPort,
        podAddress: workload.address,
        port: places.byPodPort.get(podPort)!,
        workloadPort: this.#applicationAt(workload, this.#sides.inboundPort(workload, podPort).leadsTo),
        how: this.#sides.inboundPort(workload, podPort),
        asking: { cluster: (name) => this.#nameOf(workload) + name, asker: askerName(workload) },
        secrets: () => secretsOf(workload, registry, secrets),
      }),
    )
  }

  /** Where the application is in truth that a sidecar dials there. */
  #applicationAt(workload: WorkloadInstance, { at, port }: ApplicationSocket): number {
    const address = this.#sides.applicationAddress(workload, port)
    const found = this.places.of(workload.ref).workload.get(port)
    return (address === 'any' || address === at ? found : undefined) ?? nowhere.port
  }

  /** The ports of a pod: those that its containers name, those that services lead to, and those that its sidecar takes or leads to. */
  #podPorts(workload: WorkloadInstance, registry: Registry): ReadonlySet<number> {
    const listed = this.#sides.listedPorts(workload).flatMap((port) => [port, this.#sides.inboundPort(workload, port).leadsTo.port])
    // A Unix socket has none.
    return new Set([...portsOfPod(workload, registry), ...listed].filter((port) => port > 0))
  }

  /** Those that its sidecar takes connections for; `anyOther` stands for all at which nobody is. */
  #inboundPorts(workload: WorkloadInstance, registry: Registry): readonly number[] {
    const ports = [...this.#podPorts(workload, registry), ...(this.inbound(workload) ? [inboundCapturePort, anyOther] : [])]
    return ports.filter((port) => !this.#sides.inboundPort(workload, port).isRefused)
  }

  /** The ports that a pod's application listens on, as on `core`. */
  listeningPorts(workload: WorkloadInstance, registry: Registry): readonly number[] {
    return [...this.#podPorts(workload, registry)].filter((port) => listensOn(workload, port))
  }

  /** Ways through its sidecar to a port of the application. */
  #ways(workload: WorkloadInstance, applicationPort: number): readonly InboundPort[] {
    const ports = new Set([...this.#sides.listedPorts(workload), applicationPort])
    return [...ports].map((port) => this.#sides.inboundPort(workload, port)).filter(({ leadsTo }) => leadsTo.port === applicationPort)
  }

  #formatsOf(workload: WorkloadInstance): PlacedFormats {
    const formats = new PlacedFormats(workload.address)
    this.#formats.set(podName(workload), formats)
    return formats
  }

  /** Do headers that its proxy writes tell of endpoints? */
  tellsOfEndpoints(workload: WorkloadInstance): boolean {
    return this.#formats.get(podName(workload))?.asksForEndpoints ?? false
  }

  #nameOf(workload: WorkloadInstance): string {
    return `${this.#prefix}${podName(workload)}/`
  }

  #writer(workload: WorkloadInstance): Writer {
    return { proxy: proxyName(workload), pod: `${this.#prefix}${podName(workload)}` }
  }

  /** The name of a cluster as its proxy knows it. */
  ownName(workload: WorkloadInstance, name: string): string {
    const prefix = this.#nameOf(workload)
    return name.startsWith(prefix) ? name.slice(prefix.length) : name
  }
}

/** Those that Envoy will ask for: a chain that others cover has no place in it. */
function tablesOf(listeners: readonly Listener[], gateway: boolean): ReadonlySet<string> {
  const placed = listeners.flatMap((listener) => (gateway ? listener.filterChains : chainsAt(listener)))
  const chains = placed.filter(({ tls }) => !tls || !isWithoutSecrets(tls))
  return new Set(chains.flatMap(({ filter }) => (filter.kind === 'http' ? [filter.routeTable] : [])))
}

import { staysOnLoopback } from '../../../mesh-core/dataplane/loopback.ts'
import { dial, splitAuthority } from '../../../mesh-core/dataplane/dial.ts'
import type { Dialled } from '../../../mesh-core/dataplane/dial.ts'
import { dialGateway } from '../../../mesh-core/dataplane/gateway-port.ts'
import { KeptConnections } from '../../../mesh-core/dataplane/kept-connections.ts'
import { addresseeAt } from '../../../mesh-core/dataplane/upstream/original-destination.ts'
import { listensOn } from '../../../mesh-core/dataplane/receiver.ts'
import type { Addressee } from '../../../mesh-core/dataplane/upstream/original-destination.ts'
import { isLocalhost, isOfLoopback, refusalOfName } from '../../../mesh-core/dataplane/upstream/resolvable-name.ts'
import { lookUp } from '../../../mesh-core/registry/resolver.ts'
import type { TransportError } from '../../../mesh-core/ir/exchange.ts'
import { isBytes } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../mesh-core/ir/message.ts'
import type { Listener } from '../../../mesh-core/ir/proxy-config.ts'
import type { Mesh } from '../../../mesh-core/mesh.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { clientAddress, preamble, straightPreamble } from './preamble.ts'
import { nowhere } from './pod-places.ts'
import type { PodPlaces } from './pod-places.ts'
import { virtualOutbound } from './xds/filter-chain.ts'
import { otherLandings } from './xds/placed-listeners.ts'
import type { Landing, SocketAddress } from './xds/placement.ts'

/** A connection that somebody is about to open. */
export interface Departure {
  /** A workload, or the gateway that a client outside reaches; `null`: the world outside. */
  readonly sender: WorkloadInstance | null
  readonly gateway: boolean
  readonly request: HttpRequest
  /** What is dialled; the Host header may say something else. */
  readonly authority: string
  /** As `MeshCall.connection`. */
  readonly connection?: object | undefined
}

export interface Way {
  readonly port: number
  readonly preamble: Buffer | null
  /** Where it goes, for connections that may carry further requests there; `null`: none may. */
  readonly key: string | null
  /** The proxy writes nothing of it. */
  readonly unlogged?: true
  /** Whose proxy takes it; `null` for none. */
  readonly proxy: WorkloadInstance | null
  readonly target: Dialled
  /** Who answers there, past all balancing: `10.96.0.5:9080`. */
  readonly straight: string
  /** DNS does not know the name in Host, and some cluster would go by it. */
  readonly isWithoutName?: boolean
  /** Where the name in Host leads for a cluster that goes by it; `null`: nowhere. */
  readonly byHost?: (landing: Landing) => SocketAddress | null
  /** Leaves to others the connection that a sidecar has made to where its client was going. */
  readonly keep?: () => void
}

interface Kept {
  readonly addressee: Addressee | null
  readonly keep?: (() => void) | undefined
}

/** How connections leave: through the sender's sidecar or a gateway, which are told where they were to go, or straight. */
export class Ways {
  readonly #model: Mesh
  readonly #places: PodPlaces
  readonly #takesKept: (workload: WorkloadInstance) => boolean
  /** Of sidecars to addresses of services, behind which it is drawn for each connection who answers: Envoy sees no such address here. */
  readonly #kept = new KeptConnections()
  readonly #names = new WeakMap<object, string>()
  #known = 0

  /** @param takesKept whether a workload's own sidecar takes what other sidecars have sent to the address of a service, where they do not look at that */
  constructor(model: Mesh, places: PodPlaces, takesKept: (workload: WorkloadInstance) => boolean) {
    this.#model = model
    this.#places = places
    this.#takesKept = takesKept
  }

  of(departure: Departure): Way | TransportError {
    const { sender, gateway, request, authority } = departure
    if (gateway) return this.#throughGateway(sender!, departure)
    const target = dial(this.#model.registry, authority, request.scheme, {
      namespace: sender?.ref.namespace ?? 'default',
      dns: (sender && this.#model.proxyConfig(sender.ref)?.dns) ?? null,
    })
    if (target.address === null) return 'unresolved'
    const isDatagram = request.protocol === 'udp'
    const loops = sender !== null && !isDatagram && staysOnLoopback(target, this.#listenerAt(sender, target))
    if (loops && !this.#answersOnLoopback(sender, target.port)) return 'refused'
    const address = loops ? sender.address : target.address
    // What a pod sends to its own address never leaves it.
    const within = sender !== null && address === sender.address
    const { addressee, keep } = this.#addressee(departure, target, address)
    const isTold = sender?.sidecar === true && !isDatagram && !within
    const lands = isTold ? this.#keptLanding(addressee) : this.#landing(addressee, isDatagram || within)
    const straight = addressee ? `${addressee.address}:${addressee.port}` : `${target.address}:${target.port}`
    const kept = keep && { keep }
    // Sidecars are told of connections alone.
    if (!isTold) {
      const first = isDatagram || !addressee ? null : straightPreamble(sender, addressee, this.#workloadAt(addressee))
      return { port: lands.port, preamble: first, key: keyOf(request, lands.port, target, false), proxy: null, target, straight, ...kept }
    }
    const isRead = this.#isHttp(sender, target)
    const port = this.#places.outboundPort(sender.ref)
    const others = this.#others(sender, departure, target, (port) => this.#keptLanding(this.#drawn(target.address!, port)))
    return {
      port,
      preamble: preamble(sender, sender.address, target, [lands, ...others]),
      isWithoutName: others.includes(null),
      key: isRead ? keyOf(request, port, target, this.#goesByHost(sender)) : null,
      proxy: sender,
      target,
      straight,
      byHost: (landing) => this.#named(sender, departure, target, landing),
      ...kept,
    }
  }

  #throughGateway(gateway: WorkloadInstance, departure: Departure): Way | TransportError {
    const { authority, request } = departure
    const target = dialGateway(this.#model.registry, gateway, authority, request.scheme)
    const port = this.#places.gatewayPort(gateway.ref, target.port)
    const straight = `${target.address}:${target.port}`
    if (request.protocol === 'udp') return { port: port ?? nowhere.port, preamble: null, key: null, proxy: gateway, unlogged: true, target, straight }
    const listener = this.#model.proxyConfig(gateway.ref)?.listeners.find((one) => one.port === target.port)
    if (port === null || !listener) return 'refused'
    const outside = (one: number): SocketAddress => this.#places.outside(one)
    const others = this.#others(gateway, departure, target, outside)
    return {
      port,
      preamble: preamble(gateway, clientAddress, target, [outside(target.port), ...others]),
      isWithoutName: others.includes(null),
      key: speaksHttp(listener) ? keyOf(request, port, target, this.#goesByHost(gateway)) : null,
      proxy: gateway,
      target,
      straight,
      byHost: (landing) => this.#named(gateway, departure, target, landing),
    }
  }

  /** A TCP proxy writes of a connection as a whole, so each call needs one of its own. */
  #isHttp(sender: WorkloadInstance, target: Dialled): boolean {
    const listener = this.#listenerAt(sender, target)
    return listener !== null && speaksHttp(listener)
  }

  #listenerAt(sender: WorkloadInstance, { address, port }: Dialled): Listener | null {
    const listeners = this.#model.proxyConfig(sender.ref)?.listeners.filter((one) => one.port === port && one.name !== virtualOutbound) ?? []
    return listeners.find((one) => one.address === address) ?? listeners.find((one) => one.address === '0.0.0.0') ?? null
  }

  /**
   * Where it is at the ports that clusters may have in the place of the client's, and where the name in Host leads; `null`: to nobody else, or DNS does not know it.
   */
  #others(
    proxy: WorkloadInstance,
    departure: Departure,
    target: Dialled,
    placeAt: (port: number) => SocketAddress,
  ): readonly (SocketAddress | null)[] {
    const config = this.#model.proxyConfig(proxy.ref)
    return (config ? otherLandings(config) : []).map((landing) => {
      if (landing.by === 'destination') return placeAt(landing.portOverride ?? target.port)
      const named = this.#named(proxy, departure, target, landing)
      return named && this.#keptLanding(this.#drawn(named.address, named.port))
    })
  }

  /** Envoy would ask DNS for each request: connections to here carry no requests for another host. */
  #named(
    { ref }: WorkloadInstance,
    { request, gateway }: Departure,
    target: Dialled,
    { portOverride, defaultPort, isUnknown }: Landing,
  ): SocketAddress | null {
    // What a sidecar cannot read is known by the name that TLS asks for.
    const isHidden = request.scheme === 'https' && !gateway
    const host = isHidden ? target : splitAuthority(request.authority, defaultPort === 443 ? 'https' : 'http')
    if (refusalOfName(host.hostname) !== null || isLocalhost(host.hostname) || isOfLoopback(host.hostname)) return null
    const dns = isUnknown ? (this.#model.proxyConfig(ref)?.dns ?? null) : null
    const address = lookUp(this.#model.registry, dns, host.hostname, ref.namespace)[0]
    return address === undefined ? null : { address, port: portOverride ?? host.port }
  }

  #goesByHost({ ref }: WorkloadInstance): boolean {
    const config = this.#model.proxyConfig(ref)
    return config !== null && otherLandings(config).some(({ by }) => by === 'host')
  }

  /** By a connection that is there: of the sidecar that passes requests on, or where there is none of the client itself. */
  #addressee({ sender, request, connection }: Departure, target: Dialled, address: string): Kept {
    const { port } = target
    if (isBytes(request.protocol)) return { addressee: this.#drawn(address, port) }
    if (sender?.sidecar) return this.#isHttp(sender, target) ? this.#keptAt(sender, address, port) : { addressee: this.#drawn(address, port) }
    return connection ? this.#keptBy(this.#nameOf(connection), address, port) : { addressee: this.#drawn(address, port) }
  }

  #nameOf(connection: object): string {
    const name = this.#names.get(connection) ?? `#${++this.#known}`
    this.#names.set(connection, name)
    return name
  }

  #keptAt({ ref }: WorkloadInstance, address: string, port: number): Kept {
    const { maxRequestsPerConnection = null } = this.#model.proxyConfig(ref)?.clusters['PassthroughCluster'] ?? {}
    const kept = this.#keptBy(`${ref.namespace}/${ref.instance}`, address, port)
    return maxRequestsPerConnection === null ? kept : { addressee: kept.addressee }
  }

  #keptBy(owner: string, address: string, port: number): Kept {
    const to = `${owner} ${address}:${port}`
    const isThere = (one: Addressee): boolean => one.ref !== null && this.#model.registry.workload(one.ref)?.address === one.address
    const addressee = this.#kept.take(to, -Infinity, isThere) ?? this.#drawn(address, port)
    return { addressee, keep: () => (addressee ? this.#kept.keep(to, addressee, performance.now()) : undefined) }
  }

  #answersOnLoopback(sender: WorkloadInstance, port: number): boolean {
    return listensOn(sender, port) && this.#model.applicationAddress(sender, port) !== 'pod'
  }

  #drawn(address: string, port: number): Addressee | null {
    return addresseeAt(this.#model.registry, address, port, (count) => Math.floor(Math.random() * count))
  }

  /** Of what a sidecar passes on to where its client was going. */
  #keptLanding(addressee: Addressee | null): SocketAddress {
    const workload = addressee && this.#workloadAt(addressee)
    return this.#landing(addressee, Boolean(workload && !addressee.dialled && !this.#takesKept(workload)))
  }

  #landing(addressee: Addressee | null, pastSidecar: boolean): SocketAddress {
    return addressee ? this.#placeOf(addressee, pastSidecar) : nowhere
  }

  /** Where in truth the one listens who has an address of the mesh's network. */
  #placeOf(addressee: Addressee, pastSidecar: boolean): SocketAddress {
    const { port } = addressee
    const workload = this.#workloadAt(addressee)
    if (!workload) return this.#places.outside(port)
    return pastSidecar ? this.#places.behindSidecar(workload, port) : this.#places.atPod(workload, port)
  }

  #workloadAt({ ref, dialled }: Addressee): WorkloadInstance | null {
    return dialled ?? (ref && this.#model.registry.workload(ref)) ?? null
  }
}

function speaksHttp({ filterChains }: Listener): boolean {
  return filterChains.every(({ filter }) => filter.kind === 'http')
}

/** `null` under TLS: what a proxy decides by it holds for the connection. */
function keyOf({ scheme, authority }: HttpRequest, port: number, { address, port: dialled }: Dialled, goesByHost: boolean): string | null {
  return scheme === 'https' ? null : `${port} ${address}:${dialled}${goesByHost ? ` ${authority}` : ''}`
}

import type { WorkloadRef } from '../ir/cluster.ts'
import type { HttpRequest } from '../ir/message.ts'
import type { Listener, ProxyConfig, UdpListener } from '../ir/proxy-config.ts'
import { compileRouteTable } from '../match/route-table.ts'
import type { CompiledRouteTable } from '../match/route-table.ts'
import type { Registry, WorkloadInstance } from '../registry/registry.ts'
import type { Clock, Milliseconds } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { ClusterRuntime } from './upstream/cluster-runtime.ts'
import { dial } from './dial.ts'
import type { Dialled } from './dial.ts'
import { dialGateway } from './gateway-port.ts'
import { compileRoute } from './routing/route-runtime.ts'
import type { RouteRuntime } from './routing/route-runtime.ts'

/** Where iptables sends what a workload sends, and so the listener for what no other listener takes. */
const capturePort = 15001

const everywhere = '0.0.0.0'

/** A client that makes names up must not fill the memory. */
const rememberedNames = 10_000

/** Where a proxy stands. */
export interface ProxyPlace {
  readonly ref: WorkloadRef
  readonly address: string
  readonly identity: string
}

export interface ProxySurroundings {
  readonly clock: Clock
  readonly random: Random
  /** When the config was applied. */
  readonly sinceMs: Milliseconds
}

/** One proxy: its config, compiled on first use, and its state. */
export class ProxyRuntime {
  /** `productpage-v1.default` */
  readonly name: string
  readonly edge: boolean
  readonly place: ProxyPlace
  readonly #clock: Clock
  readonly #random: Random
  readonly #clusters = new Map<string, ClusterRuntime>()
  #config: ProxyConfig
  /** When it got its config. */
  #sinceMs: Milliseconds
  #registry: Registry
  readonly #dialled = new Map<string, Dialled>()
  readonly #dialledFromOutside = new Map<string, Dialled>()
  /** By port and address. */
  readonly #listeners = new Map<number, Map<string, Listener>>()
  #tables = new Map<string, CompiledRouteTable<RouteRuntime>>()

  constructor(config: ProxyConfig, registry: Registry, place: ProxyPlace, { clock, random, sinceMs }: ProxySurroundings) {
    this.#sinceMs = sinceMs
    this.name = `${config.proxy.workload}.${config.proxy.namespace}`
    this.edge = config.proxy.kind === 'gateway'
    this.place = place
    this.#clock = clock
    this.#random = random
    this.#config = config
    this.#registry = registry
    this.#index()
  }

  get config(): ProxyConfig {
    return this.#config
  }

  /** What Envoy writes into `server`. Source: istio `pilot/pkg/networking/util/proxy_headers.go`. */
  get serverHeader(): string {
    return this.edge ? 'istio-envoy' : 'envoy'
  }

  /** Takes a new config; cluster state stays. */
  update(config: ProxyConfig, registry: Registry, sinceMs: Milliseconds): void {
    if (registry !== this.#registry) this.#dialledFromOutside.clear()
    if (registry !== this.#registry || config.dns !== this.#config.dns) this.#dialled.clear()
    this.#registry = registry
    if (config === this.#config) return
    this.#sinceMs = sinceMs
    this.#config = config
    const tables = this.#tables
    this.#index()
    for (const [name, table] of tables) {
      const next = config.routeTables[name]
      if (next && (next === table.config || table.replace(next))) this.#tables.set(name, table)
    }
    for (const [name, runtime] of this.#clusters) {
      const cluster = config.clusters[name]
      if (cluster) runtime.update(cluster, sinceMs)
      else this.#clusters.delete(name)
    }
  }

  /** What becomes of a name that the proxy's workload dials; the answer is remembered, as a resolver does. */
  dial(authority: string, scheme: HttpRequest['scheme']): Dialled {
    const { place } = this
    return remembered(this.#dialled, authority, scheme, () =>
      dial(this.#registry, authority, scheme, { namespace: place.ref.namespace, dns: this.#config.dns ?? null }),
    )
  }

  /** The same for a client outside, who dials the gateway that this is the proxy of. */
  dialFromOutside(gateway: WorkloadInstance, authority: string, scheme: HttpRequest['scheme']): Dialled {
    return remembered(this.#dialledFromOutside, authority, scheme, () => dialGateway(this.#registry, gateway, authority, scheme))
  }

  /** The listener bound to this very address, else the one for the port on every address, else the one for everything. */
  listenerFor(address: string, port: number): Listener | null {
    return this.#listenerAt(address, port) ?? this.#listenerAt(everywhere, port) ?? this.captureListener
  }

  #listenerAt(address: string, port: number): Listener | undefined {
    return this.#listeners.get(port)?.get(address)
  }

  udpListenerFor(port: number): UdpListener | null {
    return this.#config.udpListeners?.find((listener) => listener.port === port) ?? null
  }

  /** `null` at gateways, which nothing is redirected to. */
  get captureListener(): Listener | null {
    return this.edge ? null : (this.#listenerAt(everywhere, capturePort) ?? null)
  }

  /** `null` when the table was not sent, as when Envoy has refused it. */
  routeTable(name: string): CompiledRouteTable<RouteRuntime> | null {
    let table = this.#tables.get(name)
    if (table) return table
    const config = this.#config.routeTables[name]
    if (!config) return null
    table = compileRouteTable(config, compileRoute)
    this.#tables.set(name, table)
    return table
  }

  cluster(name: string): ClusterRuntime | null {
    let runtime = this.#clusters.get(name)
    if (runtime) return runtime
    const config = this.#config.clusters[name]
    if (!config) return null
    runtime = new ClusterRuntime(config, this.#clock, this.#random, this.#sinceMs)
    this.#clusters.set(name, runtime)
    return runtime
  }

  #index(): void {
    this.#tables = new Map()
    this.#listeners.clear()
    for (const listener of this.#config.listeners) {
      const known = this.#listeners.get(listener.port)
      if (known) known.set(listener.address, listener)
      else this.#listeners.set(listener.port, new Map([[listener.address, listener]]))
    }
  }
}

function remembered(known: Map<string, Dialled>, authority: string, scheme: HttpRequest['scheme'], dialAnew: () => Dialled): Dialled {
  const key = scheme === 'http' ? authority : `${scheme}:${authority}`
  const before = known.get(key)
  if (before) return before
  const dialled = dialAnew()
  if (known.size >= rememberedNames) known.clear()
  known.set(key, dialled)
  return dialled
}

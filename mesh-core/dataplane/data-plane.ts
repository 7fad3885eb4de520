import type { WorkloadRef } from '../ir/cluster.ts'
import type { Exchange } from '../ir/exchange.ts'
import type { Clock } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { bound, sendBounded, patienceWith } from './client.ts'
import { ClientConnection } from './client-connection.ts'
import { connect } from './connect.ts'
import { ExchangeRecord } from './evidence.ts'
import type { Place } from './evidence.ts'
import { proxyDatagram } from './tcp/datagram.ts'
import { ephemeralPort } from './ephemeral-port.ts'
import { ownLayers } from './dial.ts'
import { InboundClusters } from './inbound/inbound-cluster.ts'
import type { DataPlaneModel, MeshCall } from './model.ts'
import { withoutStream, type Done } from './outcome.ts'
import type { Chance, Peer, Plane, WorkloadRuntime } from './plane.ts'
import { ProxyRuntime } from './proxy-runtime.ts'
import { Scripts } from './filters/lua/scripts.ts'
import { TokenBuckets } from './filters/rate-limit.ts'
import { requestOf } from './messages/request-of-call.ts'
import { OpenConnections } from './limited-connections.ts'
import { RequestIds } from './messages/request-ids.ts'
import { outsidePeer, WorkloadInMesh } from './workload-runtime.ts'

export interface DataPlaneOptions {
  readonly clock: Clock
  readonly random: Random
  /** Address that a client outside the mesh calls from. Default: one of TEST-NET-2 (RFC 5737). */
  readonly clientAddress?: string
  /** When time 0 of the clock was, in ms since 1970. */
  readonly epochMs: number
}

/** Every proxy of the mesh, and the workloads behind them. It does not drive the clock. */
export class DataPlane implements Plane {
  readonly clock: Clock
  readonly chance: Chance
  readonly tokenBuckets = new TokenBuckets()
  readonly scripts = new Scripts()
  readonly openConnections = new OpenConnections()
  readonly inboundClusters: InboundClusters
  readonly clientAddress: string
  readonly #epochMs: number
  readonly #random: Random
  readonly #requestIds: RequestIds
  /** By namespace and pod. State of proxies outlives a model. */
  readonly #proxies = new Map<string, ProxyRuntime>()
  readonly #calls = new Set<MeshCall>()
  /** Of programs, so that a change of config does not make them draw the same again. */
  readonly #programChance = new Map<string, Random>()
  /** Of clients, by what calls say of them. */
  readonly #connections = new WeakMap<object, ClientConnection>()
  #workloads = new Map<string, WorkloadRuntime | null>()
  /** The same by who asks for them: a name is put together once for each, not for each request. */
  #workloadOf = new WeakMap<WorkloadRef, WorkloadRuntime | null>()
  #outside: Peer | null = null
  #model: DataPlaneModel | null = null

  constructor({ clock, random, clientAddress, epochMs }: DataPlaneOptions) {
    this.clock = clock
    this.inboundClusters = new InboundClusters(clock)
    this.#epochMs = epochMs
    this.clientAddress = clientAddress ?? '198.51.100.10'
    this.#random = random
    this.#requestIds = new RequestIds(random.fork('request-id'))
    const fork = (name: string) => random.fork(name)
    this.chance = {
      split: fork('split'),
      fault: fork('fault'),
      mirror: fork('mirror'),
      balance: fork('balance'),
      backOff: fork('back-off'),
      port: fork('port'),
    }
  }

  date(): number {
    return this.#epochMs + this.clock.now()
  }

  get model(): DataPlaneModel {
    if (!this.#model) throw new Error('the data plane was not given a model yet')
    return this.#model
  }

  /** Takes a new version of the config, which acts for every request that is sent from now on. */
  use(model: DataPlaneModel): void {
    this.#model = model
    this.#workloads = new Map()
    this.#workloadOf = new WeakMap()
    this.#outside = null
  }

  send(call: MeshCall): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const { request, authority } = requestOf(call)
      const startMs = this.clock.now()
      this.#calls.add(call)
      const exchange = new ExchangeRecord(request, startMs, (error) => {
        this.#calls.delete(call)
        reject(error)
      })
      const done: Done = (outcome) => {
        this.#calls.delete(call)
        resolve(exchange.end(typeof outcome === 'string' ? withoutStream(outcome) : outcome, this.clock.now()))
      }
      this.#start(
        call,
        { exchange, parent: -1, connection: call.connection ? this.#connectionOf(call.connection) : null, sourceAddress: null },
        authority,
        done,
      )
    })
  }

  /** What is under way, for the report of a simulation that hangs. */
  waiting(): string[] {
    return [...this.#calls].map(({ from, method, url }) => `${from.ref.name}.${from.ref.namespace}: ${method} ${url}`)
  }

  workload(ref: WorkloadRef): WorkloadRuntime | null {
    const known = this.#workloadOf.get(ref)
    if (known !== undefined) return known
    const workload = this.#workloadNamed(ref)
    this.#workloadOf.set(ref, workload)
    return workload
  }

  #workloadNamed(ref: WorkloadRef): WorkloadRuntime | null {
    const key = `${ref.namespace}/${ref.instance}`
    let workload = this.#workloads.get(key)
    if (workload === undefined) {
      const instance = this.model.registry.workload(ref)
      workload = instance
        ? new WorkloadInMesh(this, instance, (identity) => this.#proxyOf(instance.ref, instance.address, identity), this.#chanceOf(key))
        : null
      this.#workloads.set(key, workload)
    }
    return workload
  }

  outside(): Peer {
    return (this.#outside ??= outsidePeer(this.model, this.#chanceOf('outside')))
  }

  nextRequestId(): string {
    return this.#requestIds.next()
  }

  #chanceOf(name: string): Random {
    let random = this.#programChance.get(name)
    if (!random) this.#programChance.set(name, (random = this.#random.fork(`program/${name}`)))
    return random
  }

  #connectionOf(named: object): ClientConnection {
    const connection = this.#connections.get(named) ?? new ClientConnection(ephemeralPort(this.chance.port))
    this.#connections.set(named, connection)
    return connection
  }

  #start(call: MeshCall, place: Place, authority: string, done: Done): void {
    const { kind, ref } = call.from
    const sender = this.workload(ref)
    if (!sender && kind === 'workload') throw new Error(`there is no workload ${ref.name} in namespace ${ref.namespace}`)
    const { request } = place.exchange
    if (sender && kind === 'workload') return sendBounded(this, place, sender, { request, authority, tls: call.tls }, call.timeoutMs, done)
    // A Gateway that no controller serves has no pods, and nobody listens.
    const proxy = sender?.proxy
    if (!proxy) return done('refused')
    const target = proxy.dialFromOutside(sender.instance, authority, request.scheme)
    const datagram = request.protocol === 'udp'
    const start = (end: Done) =>
      datagram
        ? proxyDatagram(this, place, proxy, request, target, end)
        : connect(this, place, proxy, request, target, end, ownLayers(request, target, call.tls))
    bound(this, call.timeoutMs ?? patienceWith(request), done, start)
  }

  #proxyOf(ref: WorkloadRef, address: string, identity: string): ProxyRuntime | null {
    const config = this.model.proxyConfig(ref)
    const key = `${ref.namespace}/${ref.instance}`
    if (!config) {
      this.#proxies.delete(key)
      return null
    }
    const { registry, sinceMs } = this.model
    const known = this.#proxies.get(key)
    if (!known) {
      const proxy = new ProxyRuntime(
        config,
        registry,
        { ref, address, identity },
        { clock: this.clock, random: this.#random.fork(`balance/${key}`), sinceMs },
      )
      this.#proxies.set(key, proxy)
      return proxy
    }
    known.update(config, registry, sinceMs)
    return known
  }
}

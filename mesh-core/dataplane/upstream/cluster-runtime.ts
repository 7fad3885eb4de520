import type { Cluster } from '../../ir/cluster.ts'
import type { Clock, Milliseconds } from '../../time/clock.ts'
import type { Random } from '../../time/random.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { PooledHost } from './circuit-breaker.ts'
import { freshPool } from './connection-pool.ts'
import { hostSets } from '../balancing/host-set.ts'
import { KeptConnections } from '../kept-connections.ts'
import { createBalancer } from '../balancing/load-balancer.ts'
import type { Balancer, PickContext } from '../balancing/balancer.ts'
import type { TryResult } from '../balancing/outlier-detection.ts'
import { OutlierEjection } from '../balancing/outlier-ejection.ts'
import { priorityLoad } from '../balancing/priority-load.ts'
import { addressOf, newHost } from '../balancing/upstream-host.ts'
import type { UpstreamHost } from '../balancing/upstream-host.ts'

/** What one proxy remembers of a cluster. It outlives changes of config: hosts are known by their addresses. */
export class ClusterRuntime {
  readonly #clock: Clock
  readonly #random: Random
  readonly #ejection: OutlierEjection
  /** For where a client's own destination is kept. */
  readonly kept = new KeptConnections()
  /** Holds requests to the cluster's limits. */
  readonly breaker: CircuitBreaker
  #config: Cluster
  #hosts: readonly UpstreamHost[]
  #balancer: Balancer | null
  /** Of addresses that no endpoint stands for: those that clients dial, and those that names are looked up to. */
  readonly #dialled = new Map<string, PooledHost>()
  /** The same, and the endpoints. */
  #pooled: PooledHost[]

  /** @param sinceMs when the proxy got this config */
  constructor(config: Cluster, clock: Clock, random: Random, sinceMs: Milliseconds) {
    this.#clock = clock
    this.#random = random
    this.#ejection = new OutlierEjection(clock)
    this.#config = config
    this.#hosts = this.#hostsOf(config, [], sinceMs)
    this.#pooled = [...this.#hosts]
    this.breaker = new CircuitBreaker(config, this.#pooled, clock)
    this.#balancer = createBalancer(config, random, clock)
    this.#tellBalancer()
  }

  get config(): Cluster {
    return this.#config
  }

  update(config: Cluster, sinceMs: Milliseconds): void {
    if (config === this.#config) return
    this.#hosts = this.#hostsOf(config, this.#hosts, sinceMs)
    this.#balancer = createBalancer(config, this.#random, this.#clock)
    this.#config = config
    this.#pooled = [...this.#hosts, ...this.#dialled.values()]
    this.breaker.update(config, this.#pooled)
    this.#refresh()
  }

  /** `null` when there is nobody to send to. */
  pick(context: PickContext): UpstreamHost | null {
    this.#sweep()
    if (this.#ejection.isDue) this.#refresh()
    return this.#balancer?.pick(context) ?? null
  }

  /** Nothing is known of it but what is under way towards it. @param to address and port. Source: Envoy `OriginalDstCluster`. */
  dialled(to: string): PooledHost {
    const known = this.#dialled.get(to)
    if (known) return known
    const host = { active: 0, pool: freshPool() }
    this.#dialled.set(to, host)
    this.#pooled.push(host)
    return host
  }

  note(host: UpstreamHost, result: TryResult): void {
    this.#sweep()
    if (this.#config.outlierDetection && this.#ejection.note(this.#config, this.#hosts, host, result)) this.#refresh()
  }

  /** What counts of an interval have to say is said when its time has come, before anybody asks or counts on. */
  #sweep(): void {
    if (this.#ejection.isSweepDue) this.#ejection.sweep(this.#config, this.#hosts, () => this.#refresh())
  }

  #refresh(): void {
    this.#ejection.told(this.#hosts)
    this.#tellBalancer()
  }

  #tellBalancer(): void {
    const sets = hostSets(this.#config, this.#hosts, (host) => this.#ejection.isHealthy(host))
    const available = sets.map(({ hosts, healthy }) => ({ hosts: hosts.length, healthy: healthy.length }))
    this.#balancer?.refresh(sets, priorityLoad(available, this.#config.panicThreshold))
  }

  #hostsOf(config: Cluster, known: readonly UpstreamHost[], sinceMs: Milliseconds): UpstreamHost[] {
    const byAddress = new Map(known.map((host) => [host.address, host]))
    return config.endpoints.map((endpoint) => {
      const before = byAddress.get(addressOf(endpoint))
      if (!before) return newHost(endpoint, sinceMs)
      before.endpoint = endpoint
      return before
    })
  }
}

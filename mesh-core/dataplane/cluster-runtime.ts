import { MeshSpecError } from '../config/errors.ts'
import type { Cluster } from '../ir/cluster.ts'
import type { Clock, Milliseconds } from '../time/clock.ts'
import type { Random } from '../time/random.ts'
import { admit, isLimited, release } from './circuit-breaker.ts'
import type { Admission } from './circuit-breaker.ts'
import { createBalancer } from './load-balancer.ts'
import type { Balancer } from './load-balancer.ts'
import { eject, freshHealth, mayEject, noteResult } from './outlier-detection.ts'
import type { TryResult } from './outlier-detection.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** Envoy's workers hear of changes of health that follow one another in one message. Envoy `update_merge_window`. */
const mergeWindowMs = 1000

/** What one proxy remembers of a cluster. It outlives changes of config: hosts are known by their addresses. */
export class ClusterRuntime {
  readonly #clock: Clock
  readonly #random: Random
  readonly #startMs: Milliseconds
  #config: Cluster
  #hosts: readonly UpstreamHost[]
  #balancer: Balancer | null
  #limited: boolean
  /** Hosts that requests are sent to, and until when that list holds. */
  #usable: readonly UpstreamHost[]
  #usableUntil: Milliseconds = Infinity
  #healthToldMs: Milliseconds = -Infinity
  #active = 0
  #pending = 0

  constructor(config: Cluster, clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
    this.#startMs = clock.now()
    this.#config = config
    this.#hosts = this.#usable = hostsOf(config, [])
    this.#balancer = createBalancer(config, random)
    this.#limited = isLimited(config.circuitBreaker)
  }

  get config(): Cluster {
    return this.#config
  }

  update(config: Cluster): void {
    if (config === this.#config) return
    this.#hosts = hostsOf(config, this.#hosts)
    this.#balancer = createBalancer(config, this.#random)
    this.#limited = isLimited(config.circuitBreaker)
    this.#config = config
    this.#tellHealth(this.#clock.now())
  }

  /**
   * @param tried hosts that are better left alone, and how many picks may be spent on that
   * @throws {MeshSpecError} for a policy that is not modelled
   */
  pick(tried: readonly UpstreamHost[], attempts: number): UpstreamHost | null {
    const balancer = this.#balancer
    if (!balancer) throw notModelled(this.#config)
    if (this.#usableUntil !== Infinity && this.#clock.now() >= this.#usableUntil) this.#tellHealth(this.#usableUntil)
    let host = balancer(this.#usable)
    for (let i = 0; i < attempts && host && tried.includes(host); i++) host = balancer(this.#usable)
    return host
  }

  /** Lets a request begin, now or when another one has ended; or not at all. */
  admit(host: UpstreamHost, begin: () => void): Admission {
    const admission = this.#limited ? admit(this.#config.circuitBreaker, host, this.#active, this.#pending) : 'now'
    if (admission === 'now') this.#enter(host)
    if (admission === 'later') {
      this.#pending++
      host.pending.push(() => {
        this.#pending--
        this.#enter(host)
        begin()
      })
    }
    return admission
  }

  /** Of a request that was admitted. */
  release(host: UpstreamHost): void {
    this.#active--
    host.active--
    release(host)
  }

  note(host: UpstreamHost, result: TryResult): void {
    const config = this.#config.outlierDetection
    if (!config || !noteResult(config, host.health, result)) return
    const now = this.#clock.now()
    const ejected = this.#hosts.filter((one) => one.health.ejectedUntil > now)
    if (ejected.includes(host) || !mayEject(config, ejected.length, this.#hosts.length)) return
    eject(config, host.health, now, this.#startMs)
    if (now - this.#healthToldMs > mergeWindowMs) this.#tellHealth(now)
    else this.#usableUntil = Math.min(this.#usableUntil, now + mergeWindowMs)
  }

  #enter(host: UpstreamHost): void {
    this.#active++
    host.active++
  }

  /**
   * Below the panic threshold the health of hosts is not looked at.
   * @param due when this was to be told, which may have passed unnoticed since nobody asked
   */
  #tellHealth(due: Milliseconds): void {
    const now = this.#clock.now()
    const healthy = this.#hosts.filter((host) => host.health.ejectedUntil <= now)
    const panics = 100 * healthy.length < this.#config.panicThreshold * this.#hosts.length
    this.#usable = panics || healthy.length === this.#hosts.length ? this.#hosts : healthy
    this.#healthToldMs = due
    const returns = this.#hosts.map((host) => host.health.ejectedUntil).filter((until) => until > now)
    this.#usableUntil = Math.min(Infinity, ...returns)
  }
}

function hostsOf(config: Cluster, known: readonly UpstreamHost[]): UpstreamHost[] {
  const byAddress = new Map(known.map((host) => [host.address, host]))
  return config.endpoints
    .filter((endpoint) => endpoint.healthy)
    .map((endpoint) => {
      const address = `${endpoint.address}:${endpoint.port}`
      const before = byAddress.get(address)
      if (!before) return { endpoint, address, active: 0, pending: [], health: freshHealth() }
      before.endpoint = endpoint
      return before
    })
}

function notModelled({ origin, loadBalancing, name }: Cluster): MeshSpecError {
  const problem = `load balancing by ${loadBalancing.kind} is not modelled (cluster ${name})`
  return new MeshSpecError({ code: 'INVALID_VALUE', origin, place: null, problem, hint: 'use LEAST_REQUEST, ROUND_ROBIN or RANDOM' })
}

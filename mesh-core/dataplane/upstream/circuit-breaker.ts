import type { ConnectionLimits, UpstreamHttp } from '../../ir/cluster.ts'
import type { Clock } from '../../time/clock.ts'
import { closeIdle, closeOld, opensFor } from './connection-pool.ts'
import type { Connection, SharedConnection } from './connection-pool.ts'
import type { UpstreamHost } from '../balancing/upstream-host.ts'

/** What it has to know of a cluster. */
export interface LimitedCluster extends ConnectionLimits {
  readonly http: UpstreamHttp
}

/** Where connections go. */
export type PooledHost = Pick<UpstreamHost, 'active' | 'pool'>

/** Istio's default for limits that nobody has set. */
const unlimited = 0xffff_ffff

/** Stands for any connection where nothing limits their number. */
const uncounted: Connection = { served: 0, openedMs: 0, idleSinceMs: 0 }

/** Stands for the one connection of HTTP/2, on which no request waits for another. */
const multiplexed: Connection = { served: 0, openedMs: 0, idleSinceMs: 0 }
const newlyOpened: Connection = { ...multiplexed, isNew: true }

/** Called when a request may begin on a connection, or with `null` when too many are under way. */
export type Begin = (connection: Connection | null) => void

/**
 * What one proxy has under way towards a cluster, held to the cluster's limits.
 * Source: Envoy `ConnPoolImplBase` newStreamImpl, tryCreateNewConnection, attachStreamToClient; `ResourceManagerImpl`.
 */
export class CircuitBreaker {
  readonly #clock: Clock
  #config: LimitedCluster
  #hosts: readonly PooledHost[]
  #limited: boolean
  #active = 0
  #pending = 0
  #retries = 0

  constructor(config: LimitedCluster, hosts: readonly PooledHost[], clock: Clock) {
    this.#clock = clock
    this.#config = config
    this.#hosts = hosts
    this.#limited = isLimited(config)
  }

  update(config: LimitedCluster, hosts: readonly PooledHost[]): void {
    const limited = isLimited(config)
    // Without limits nobody has counted connections; those that carry a request are known, and those of bytes.
    if (limited && !this.#limited) for (const { pool, active } of hosts) pool.connections = active - pool.streams + pool.ofBytes
    this.#config = config
    this.#hosts = hosts
    this.#limited = limited
  }

  /** Calls `begin` now, or when a connection is free. */
  admit(host: PooledHost, isHttp2: boolean, begin: Begin): void {
    if (isHttp2)
      return this.#config.maxConcurrentStreams === null || this.#config.http !== 'http2' ? this.#openStream(host, begin) : this.#share(host, begin)
    if (!this.#limited) return this.#start(host, uncounted, begin)
    const { pool } = host
    this.#closeIdle()
    const free = pool.idle.pop()
    if (free) return this.#start(host, free, begin)
    if (this.#pending >= this.#config.circuitBreaker.maxPendingRequests) return begin(null)
    // A host without any connection is given one in spite of the limit: nothing would ever become free there.
    if (this.#connections() < this.#config.circuitBreaker.maxConnections || pool.connections === 0) return this.#connect(host, begin)
    this.#pending++
    pool.waiting.push((connection) => {
      this.#pending--
      this.#start(host, connection, begin)
    })
  }

  /** Of a request that was admitted. A connection on which an answer failed to come is closed. */
  release(host: PooledHost, connection: Connection, answered: boolean): void {
    this.#active--
    host.active--
    const isStream = connection === multiplexed || connection === newlyOpened
    if (isStream) this.#endStream(host)
    if (isShared(connection)) return this.#leave(host, connection)
    if (!this.#limited || isStream) return
    const served = connection.served + 1
    const { maxRequestsPerConnection, maxConnectionDurationMs } = this.#config
    const { openedMs } = connection
    const idleSinceMs = this.#clock.now()
    const isSpent = maxRequestsPerConnection !== null && served >= maxRequestsPerConnection
    const isOld = maxConnectionDurationMs !== null && idleSinceMs - openedMs >= maxConnectionDurationMs
    this.#offer(host, answered && !isSpent && !isOld ? { served, openedMs, idleSinceMs } : null)
  }

  /** May a request be tried again? If so, `endRetry` gives its place back. */
  beginRetry(): boolean {
    const { maxRetries, retryBudget } = this.#config.circuitBreaker
    const underWay = this.#active + this.#pending
    const limit = retryBudget ? Math.max(retryBudget.minimum, Math.floor((retryBudget.percent / 100) * underWay)) : maxRetries
    if (this.#retries >= limit) return false
    this.#retries++
    return true
  }

  endRetry(): void {
    this.#retries--
  }

  /** May a connection be opened whose bytes are nobody's requests? Source: Envoy `TcpProxy::Filter::establishUpstreamConnection`. */
  mayOpen(): boolean {
    if (!this.#limited) return true
    this.#closeIdle()
    return this.#connections() < this.#config.circuitBreaker.maxConnections
  }

  open(host: PooledHost): void {
    host.pool.connections++
    host.pool.ofBytes++
  }

  close(host: PooledHost): void {
    host.pool.ofBytes--
    host.pool.connections--
  }

  #openStream(host: PooledHost, begin: Begin): void {
    if (this.#active >= this.#config.circuitBreaker.maxRequests) return begin(null)
    const isNew = opensFor(host.pool, this.#config, this.#clock.now())
    host.pool.streams++
    this.#active++
    host.active++
    begin(isNew ? newlyOpened : multiplexed)
  }

  #endStream({ pool }: PooledHost): void {
    pool.streams--
    if (pool.opened) pool.opened.usedMs = this.#clock.now()
  }

  /**
   * A connection that has room takes it, else a new one does, else it waits until one has room. Source: Envoy `ConnPoolImplBase`, whose connections are busy
   * with as many streams as `max_concurrent_streams` has it.
   */
  #share(host: PooledHost, begin: Begin): void {
    const { pool } = host
    const { circuitBreaker, maxConcurrentStreams } = this.#config
    const room = pool.shared.find(({ streams }) => streams < maxConcurrentStreams!)
    if (room) return this.#join(host, room, begin)
    if (this.#pending >= circuitBreaker.maxPendingRequests) return begin(null)
    if (this.#connections() < circuitBreaker.maxConnections || pool.connections === 0) {
      const opened = { ...this.#fresh(), streams: 0 }
      pool.connections++
      pool.shared.push(opened)
      return this.#join(host, opened, begin)
    }
    this.#pending++
    pool.waiting.push((connection) => {
      this.#pending--
      this.#join(host, connection as SharedConnection, begin)
    })
  }

  #join(host: PooledHost, connection: SharedConnection, begin: Begin): void {
    if (this.#active >= this.#config.circuitBreaker.maxRequests) return begin(null)
    connection.streams++
    this.#active++
    host.active++
    begin(connection)
  }

  #leave({ pool }: PooledHost, connection: SharedConnection): void {
    connection.streams--
    pool.waiting.shift()?.(connection)
  }

  #start(host: PooledHost, connection: Connection, begin: Begin): void {
    if (this.#active >= this.#config.circuitBreaker.maxRequests) {
      this.#offer(host, connection)
      return begin(null)
    }
    this.#active++
    host.active++
    begin(connection)
  }

  #connect(host: PooledHost, begin: Begin): void {
    host.pool.connections++
    this.#start(host, this.#fresh(), begin)
  }

  /** The one who has waited longest gets the connection, or a new one in place of one that is closed (`null`). */
  #offer({ pool }: PooledHost, connection: Connection | null): void {
    const next = pool.waiting.shift()
    if (next) return next(connection ?? this.#fresh())
    if (connection) pool.idle.push(connection)
    else pool.connections--
  }

  #fresh(): Connection {
    const now = this.#clock.now()
    return { served: 0, openedMs: now, idleSinceMs: now }
  }

  #connections(): number {
    return this.#hosts.reduce((sum, { pool }) => sum + pool.connections, 0)
  }

  #closeIdle(): void {
    const { idleTimeoutMs, maxConnectionDurationMs } = this.#config
    const now = this.#clock.now()
    for (const { pool } of this.#hosts) {
      closeIdle(pool, now - idleTimeoutMs)
      if (maxConnectionDurationMs !== null) closeOld(pool, now - maxConnectionDurationMs)
    }
  }
}

function isLimited({ circuitBreaker }: ConnectionLimits): boolean {
  const { maxConnections, maxPendingRequests, maxRequests } = circuitBreaker
  return maxConnections < unlimited || maxPendingRequests < unlimited || maxRequests < unlimited
}

function isShared(connection: Connection): connection is SharedConnection {
  return 'streams' in connection
}

import type { InboundPort } from '../../ir/inbound-port.ts'
import type { WorkloadInstance } from '../../registry/registry.ts'
import type { Clock } from '../../time/clock.ts'
import { CircuitBreaker } from '../upstream/circuit-breaker.ts'
import type { Begin, PooledHost } from '../upstream/circuit-breaker.ts'
import { freshPool } from '../upstream/connection-pool.ts'
import type { Connection } from '../upstream/connection-pool.ts'
import { HeldConnections } from './held-connections.ts'
import type { Sender } from './held-connections.ts'

/** What one sidecar has under way towards a port of its own workload. Source: Istio `core/cluster_builder.go` buildInboundCluster. */
export class InboundCluster {
  readonly #host: PooledHost = { active: 0, pool: freshPool() }
  readonly #breaker: CircuitBreaker
  readonly #clock: Clock
  readonly #held: HeldConnections
  #port: InboundPort

  constructor(port: InboundPort, clock: Clock) {
    this.#port = port
    this.#clock = clock
    this.#held = new HeldConnections(() => this.#breaker.close(this.#host))
    this.#breaker = new CircuitBreaker(limited(port), [this.#host], clock)
  }

  update(port: InboundPort): void {
    if (port === this.#port) return
    this.#port = port
    this.#breaker.update(limited(port), [this.#host])
  }

  /** Calls `begin` now, or when a connection is free. */
  admit(isHttp2: boolean, begin: Begin): void {
    this.#breaker.admit(this.#host, isHttp2, begin)
  }

  release(connection: Connection, answered: boolean): void {
    this.#breaker.release(this.#host, connection, answered)
  }

  /** May a request be tried again? If so, `endRetry` gives its place back. */
  beginRetry(): boolean {
    return this.#breaker.beginRetry()
  }

  endRetry(): void {
    this.#breaker.endRetry()
  }

  /**
   * @param sender whose requests come on it
   * @returns ends the request on the connection, and the connection unless it is kept; `null` where there are too many
   */
  open(sender: Sender | undefined, isHttp2: boolean): ((isKept: boolean) => void) | null {
    this.#held.closeIdle(this.#clock.now())
    const known = sender && this.#held.take(sender, isHttp2)
    if (!known && !this.#breaker.mayOpen()) return null
    if (!known) this.#breaker.open(this.#host)
    if (!sender) return () => this.#breaker.close(this.#host)
    const held = known ?? this.#held.add(sender, this.#clock.now())
    return (isKept) => this.#held.leave(sender, held, this.#clock.now(), isKept)
  }
}

const limited = ({ limits, http }: InboundPort) => ({ ...limits, http })

/** Of every sidecar. They outlive changes of config. */
export class InboundClusters {
  readonly #clock: Clock
  /** By pod and cluster. */
  readonly #known = new Map<string, InboundCluster>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of({ ref }: WorkloadInstance, port: InboundPort): InboundCluster {
    const key = `${ref.namespace}/${ref.instance} ${port.cluster}`
    let cluster = this.#known.get(key)
    if (cluster) cluster.update(port)
    else this.#known.set(key, (cluster = new InboundCluster(port, this.#clock)))
    return cluster
  }
}

import { isTlsError } from '../../ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { Milliseconds, Timer } from '../../time/clock.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Connection } from './connection-pool.ts'
import { Delivery } from '../delivery.ts'
import type { Receiver } from '../shipment.ts'
import { awaitsHandshake } from '../messages/upgrade.ts'
import type { HopRecord } from '../evidence.ts'
import { doubtOfServer } from '../doubtful.ts'
import { judgedStatus } from '../messages/grpc.ts'
import type { InFlight, Outcome } from '../outcome.ts'
import type { TryResult } from '../balancing/outlier-detection.ts'
import { resetOf } from './reset-reply.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import type { Reset } from './retry-policy.ts'
import { comesLate, noSuchSocket, transportFailure } from './transport-failure.ts'
import type { Destination } from './upstream.ts'
import type { UpstreamHost } from '../balancing/upstream-host.ts'
import { refusalOfAnswer } from '../messages/too-many-headers.ts'

/** What one try sends, and how long it may take; 0 ms: as long as it wants. */
export interface Try {
  readonly request: HttpRequest
  readonly attempt: number
  readonly limitMs: Milliseconds
  /** It has a header that nobody is sent: it ends when there is a connection. */
  readonly isWrong: boolean
  /** All of its body is there before it is sent. */
  readonly isWhole?: boolean
  /** A copy. */
  readonly mirrored?: boolean
}

/** The request that a try is one of. */
export type Tried = Pick<ProxiedRequest, 'plane' | 'place' | 'proxy' | 'origin' | 'isCall'> & Partial<Pick<ProxiedRequest, 'isEndless'>>

/** One try of a request: from the place that it waits for among its host's connections until something has come of it. Source: Envoy `Router::UpstreamRequest`. */
export class UpstreamRequest implements InFlight {
  readonly #proxied: Tried
  readonly #cluster: ClusterRuntime
  readonly #destination: Destination
  readonly #try: Try
  readonly #done: (end: HttpResponse | Reset) => void
  #delivery: Delivery | null = null
  /** That carries it, while it does. */
  #connection: Connection | null = null
  #timer: Timer | null = null
  #over = false
  #meanwhile: (() => void) | undefined
  /** That let it in; `null` before, and where the client's own destination is kept. */
  host: UpstreamHost | null = null
  /** Why no connection came about, where Envoy tells. */
  failure: string | undefined

  constructor(proxied: Tried, cluster: ClusterRuntime, destination: Destination, one: Try, done: (end: HttpResponse | Reset) => void) {
    this.#proxied = proxied
    this.#cluster = cluster
    this.#destination = destination
    this.#try = one
    this.#done = done
    this.failure = destination.port === 0 ? noSuchSocket(destination.address) : undefined
  }

  /** `null` while it waits for a connection. */
  get hop(): HopRecord | null {
    return this.#delivery?.hop ?? null
  }

  /** @param meanwhile done when it has its place, or waits for one, or is told that there is none, and before anything comes of it */
  start(meanwhile?: () => void): void {
    const { receiver, host, pooled } = this.#destination
    const doubt = receiver && doubtOfServer(this.#cluster.config)
    if (doubt) return this.#proxied.place.exchange.fail(doubt)
    this.#meanwhile = meanwhile
    this.#cluster.breaker.admit(pooled, this.#try.request.protocol === 'h2', (connection) => {
      this.#goOn()
      // Its client may have gone while it waited for a connection.
      if (this.#over) return connection ? this.#cluster.breaker.release(pooled, connection, true) : undefined
      if (!connection) return this.#done('overflow')
      this.host = host
      this.#connection = connection
      if (!receiver) return this.#conclude('refused')
      if (this.#try.isWrong) return this.#refuse()
      this.#deliver(receiver)
    })
    this.#goOn()
  }

  #goOn(): void {
    const next = this.#meanwhile
    this.#meanwhile = undefined
    next?.()
  }

  abandon(): void {
    this.#giveUp(null)
  }

  /** Its time is up: the host is to blame. */
  expire(): void {
    this.#giveUp('timeout')
  }

  #refuse(): void {
    this.#close(null)
    this.#done('wrong-header')
  }

  #deliver(receiver: Receiver): void {
    const { plane, proxy, place, origin } = this.#proxied
    const { request, attempt, limitMs, mirrored = false, isWhole = false } = this.#try
    const { tls, port, pooled } = this.#destination
    const sender = { pool: pooled.pool, limits: this.#cluster.config }
    // What waits for its connection is written as a whole. Source: Envoy `UpstreamRequest::encodeBodyAndTrailers`.
    if (request.protocol === 'h2' && (isWhole || this.#connection?.isNew)) request.atOnce = true
    const waits = !mirrored && awaitsHandshake(request, this.#proxied.isEndless === true) ? { awaitsHandshake: true } : null
    const shipment = { place, origin, request, attempt, mirrored, tls, port, source: proxy.place.address, pooled: true, sender, ...waits }
    this.#delivery = new Delivery(shipment, receiver)
    this.#delivery.start(plane, shipment, receiver, (outcome) => {
      if (!this.#over) this.#conclude(outcome)
    })
    if (this.#over || limitMs === 0) return
    const expire = () => {
      // Source: Envoy `Router::Filter::onPerTryTimeoutCommon`, `onUpstream1xxHeaders`.
      if (this.#delivery?.hop.isInformed) return
      this.expire()
      this.#done('per-try-timeout')
    }
    this.#timer = plane.clock.deadline(limitMs, expire, `per-try timeout at ${proxy.name}`)
  }

  #conclude(outcome: Outcome): void {
    const refusal = typeof outcome === 'string' ? null : refusalOfAnswer(outcome, this.#try.request.protocol === 'h2')
    if (refusal !== null) {
      this.#close('closed')
      return this.#done(refusal)
    }
    if (typeof outcome !== 'string') {
      this.#close(judgedStatus(this.#proxied.isCall, outcome))
      this.#delivery!.hop.status = outcome.status
      return this.#done(outcome)
    }
    const handshake = isTlsError(outcome) && !comesLate(outcome)
    const reset = outcome === 'refused' || handshake ? 'connect-failure' : resetOf(outcome)
    if (handshake) this.failure = transportFailure(outcome)
    this.#close(reset === 'stream-reset' ? 'closed' : reset)
    this.#done(reset)
  }

  #giveUp(result: TryResult | null): void {
    if (this.#over) return
    this.#delivery?.abandon()
    this.#close(result)
  }

  /** What comes of it from now on is nobody's. `result` is `null` for one that the client gave up. */
  #close(result: TryResult | null): void {
    this.#over = true
    this.#timer?.cancel()
    const isAnswered = result !== null && typeof result !== 'string'
    if (isAnswered) this.#destination.keep?.()
    if (!this.#connection) return
    if (this.host && result !== null) this.#cluster.note(this.host, result)
    this.#cluster.breaker.release(this.#destination.pooled, this.#connection, isAnswered)
  }
}

import { isTlsError } from '../ir/exchange.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import type { ForwardAction } from '../ir/route.ts'
import type { Timer } from '../time/clock.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import type { Connection } from './connection-pool.ts'
import { inlineOfResponse, joinRepeated } from './inline-headers.ts'
import { Delivery } from './delivery.ts'
import type { Receiver, Shipment } from './delivery.ts'
import type { HopRecord } from './evidence.ts'
import { grpcTimeoutOf, isGrpc, judgedStatus } from './grpc.ts'
import { removeHopByHopOfAnswer } from './hop-by-hop.ts'
import { mayHaveBody } from './local-reply.ts'
import type { PickContext } from './balancer.ts'
import type { HostSet } from './host-set.ts'
import { sendMirrors } from './mirror.ts'
import type { InFlight, Outcome } from './outcome.ts'
import type { TryResult } from './outlier-detection.ts'
import { PreviousPriorities } from './previous-priorities.ts'
import type { ProxiedRequest } from './proxied-request.ts'
import type { CookiePolicy, HashSource } from './request-hash.ts'
import { describeReset } from './reset-reply.ts'
import { backOffMs } from './retry-policy.ts'
import type { Reset } from './retry-policy.ts'
import { editForwarded } from './route-edits.ts'
import type { RouteRuntime } from './route-runtime.ts'
import { sessionCookieValue, setCookie } from './session-cookie.ts'
import { expectedTimeout, timeoutsOf } from './timeouts.ts'
import type { Timeouts } from './timeouts.ts'
import { comesLate, noSuchSocket, transportFailure } from './transport-failure.ts'
import type { UpstreamHost } from './upstream-host.ts'
import { speak } from './upstream-http.ts'
import { destinationOf } from './upstream.ts'
import type { Destination } from './upstream.ts'
import { isFailedHandshake, opensWebSocket } from './upgrade.ts'
import type { Hash64 } from './xx-hash.ts'

/** The router: sends a request to a cluster, again where the route says so, within the route's limits in time. Source: Envoy `Router::Filter`. */
export class Forwarding implements InFlight, PickContext, HashSource {
  readonly #proxied: ProxiedRequest
  readonly #route: RouteRuntime
  readonly #action: ForwardAction
  #cluster: ClusterRuntime | null = null
  #timeouts: Timeouts = { total: 0, perTry: 0 }
  #startMs = 0
  #attempt = 0
  /** The last try that reached somebody. */
  #delivery: Delivery | null = null
  /** The try that an answer is awaited from. */
  #open: Delivery | null = null
  #host: UpstreamHost | null = null
  #connection: Connection | null = null
  readonly tried: UpstreamHost[] = []
  attempts = 0
  readonly #previousPriorities: PreviousPriorities | null
  /** One of the cluster's places for retries is taken. */
  #retries = false
  readonly #cookies: string[] = []
  #totalTimer: Timer | null = null
  #tryTimer: Timer | null = null
  /** Of the last try, where no connection came about. */
  #failure: string | undefined = undefined
  #ended = false

  constructor(proxied: ProxiedRequest, route: RouteRuntime, action: ForwardAction) {
    this.#proxied = proxied
    this.#route = route
    this.#action = action
    const every = action.retry?.previousPriorities
    this.#previousPriorities = every ? new PreviousPriorities(every) : null
  }

  /** Of the last try, when it reached somebody. */
  get lastHop(): HopRecord | null {
    return this.#delivery?.hop ?? null
  }

  get request(): HttpRequest {
    return this.#proxied.request
  }

  /** By Envoy's own headers. */
  get #tellsItself(): boolean {
    return this.#proxied.entrance.settings.envoyHeaders !== false
  }

  get remoteAddress(): string {
    return this.#proxied.remoteAddress
  }

  hash(): Hash64 | null {
    return this.#route.hash?.(this) ?? null
  }

  loads(sets: readonly HostSet[], usual: readonly number[]): readonly number[] {
    return this.#previousPriorities?.loads(sets, usual) ?? usual
  }

  giveCookie(policy: CookiePolicy): string {
    const value = sessionCookieValue(`${this.#proxied.connectionAddress}:${this.#proxied.remotePort}`, this.#proxied.localAddress)
    this.#cookies.push(setCookie(policy, value))
    return value
  }

  start(): void {
    const { proxy, log, choice, plane } = this.#proxied
    const cluster = proxy.cluster(choice!.config.cluster)
    if (!cluster) {
      log.cluster = '-'
      return this.#refuse(this.#action.clusterNotFoundStatus, '', 'cluster_not_found', 'NC')
    }
    this.#cluster = cluster
    this.#startMs = plane.clock.now()
    this.#timeouts = timeoutsOf(this.#action, this.#proxied.request)
    // Where it goes is decided by what it has become.
    this.#edit()
    const destination = destinationOf(this.#proxied, cluster, this)
    if (!destination) return this.#refuse(503, 'no healthy upstream', 'no_healthy_upstream', 'UH')
    this.#proxied.takeBody()
    if (this.#action.mirrors.length > 0) sendMirrors(this.#proxied, this.#action.mirrors, this.#timeouts)
    this.#try(destination)
    this.#armTotal()
  }

  abandon(): void {
    this.#open?.abandon()
    this.#stop()
  }

  /** What the router writes into the request once, before the first try. */
  #edit(): void {
    const { request, choice } = this.#proxied
    if (this.#proxied.countsAttempts) request.headers.set('x-envoy-attempt-count', '1')
    this.#tellTimeout(request.headers)
    editForwarded(request, this.#route, choice!, this.#action, this.#tellsItself, () => this.#proxied.subject(null, 0))
  }

  #try(destination: Destination | null): void {
    const { log, place, origin } = this.#proxied
    if (!destination) return this.#refuse(503, 'no healthy upstream', 'no_healthy_upstream', 'UH')
    const attempt = ++this.#attempt
    log.attempts = attempt
    log.upstreamHost = destination.address
    const { tls, port } = destination
    const source = this.#proxied.proxy.place.address
    const shipment = { place, origin, request: this.#copy(attempt), attempt, mirrored: false, tls, port, source, pooled: true }
    const { receiver, host } = destination
    this.#failure = port === 0 ? noSuchSocket(destination.address) : undefined
    if (host) this.#previousPriorities?.note(host)
    if (!receiver) return this.#conclude('refused')
    if (!host) return this.#begin(shipment, receiver)
    this.#cluster!.breaker.admit(host, shipment.request.protocol === 'h2', (connection) => {
      // Its client may have gone while it waited for a connection.
      if (this.#ended) return connection ? this.#cluster!.breaker.release(host, connection, true) : undefined
      if (!connection) return this.#reset('overflow')
      this.#host = host
      this.#connection = connection
      this.#begin(shipment, receiver)
    })
  }

  #begin(shipment: Shipment, receiver: Receiver): void {
    const delivery = new Delivery(shipment, receiver)
    this.#delivery = this.#open = delivery
    delivery.start(this.#proxied.plane, shipment, receiver, (outcome) => {
      if (this.#open === delivery) this.#conclude(outcome)
    })
    if (this.#open === delivery) this.#armTry()
  }

  #copy(attempt: number): HttpRequest {
    const { method, scheme, authority, path, headers, body, protocol, messages } = this.#proxied.request
    const copy: HttpRequest = { method, scheme, authority, path, headers: headers.copy(), body }
    if (protocol) copy.protocol = protocol
    if (messages) copy.messages = messages
    speak(copy, this.#cluster!.config.http)
    if (attempt === 1) return copy
    if (this.#proxied.countsAttempts) copy.headers.set('x-envoy-attempt-count', String(attempt))
    this.#tellTimeout(copy.headers)
    return copy
  }

  #tellTimeout(headers: HttpRequest['headers']): void {
    const expected = expectedTimeout(this.#timeouts, this.#proxied.plane.clock.now() - this.#startMs)
    if (expected === 0) return
    if (this.#tellsItself) headers.set('x-envoy-expected-rq-timeout-ms', String(expected))
    if (isGrpc(this.#proxied.request)) headers.set('grpc-timeout', grpcTimeoutOf(expected))
  }

  #conclude(outcome: Outcome): void {
    if (typeof outcome === 'string') {
      const handshake = isTlsError(outcome) && !comesLate(outcome)
      const reset = outcome === 'refused' || handshake ? 'connect-failure' : 'closed'
      if (handshake) this.#failure = transportFailure(outcome)
      this.#close(reset)
      return this.#reset(reset)
    }
    this.#close(judgedStatus(this.#proxied.request, outcome))
    const { retry } = this.#route
    this.#delivery!.hop.status = outcome.status
    if (retry?.retriesAnswer(outcome) && this.#tryAgain()) return
    this.#answer(outcome)
  }

  #reset(reset: Reset): void {
    if (reset === 'connect-failure' || reset === 'overflow') this.#delivery = null
    if (this.#route.retry?.retriesReset(reset) && this.#tryAgain()) return
    if (reset === 'per-try-timeout') return this.#refuse(504, 'upstream request timeout', 'upstream_per_try_timeout', 'UT')
    const { flag, details, body } = describeReset(reset, this.#attempt > 1, this.#failure)
    this.#refuse(503, body, details, flag, reset === 'overflow' ? ['x-envoy-overloaded', 'true'] : [])
  }

  /** @returns false when the tries are used up */
  #tryAgain(): boolean {
    const { log, plane } = this.#proxied
    const { policy } = this.#route.retry!
    if (this.#attempt > policy.numRetries) {
      log.raise('URX')
      return false
    }
    this.#endRetry()
    this.#retries = this.#cluster!.breaker.beginRetry()
    if (!this.#retries) {
      log.raise('UO')
      return false
    }
    this.attempts = policy.hostSelectionAttempts
    const again = () => {
      if (!this.#ended) this.#try(destinationOf(this.#proxied, this.#cluster!, this))
    }
    plane.clock.schedule(backOffMs(policy, this.#attempt, plane.chance.backOff), again, `${log.proxy} tries again`)
    this.#armTotal()
    return true
  }

  #answer(outcome: HttpResponse): void {
    this.#stop()
    const { plane, request } = this.#proxied
    const headers = outcome.headers.copy()
    removeHopByHopOfAnswer(headers, outcome.status)
    joinRepeated(headers, inlineOfResponse)
    if (this.#tellsItself) headers.set('x-envoy-upstream-service-time', String(Math.floor(plane.clock.now() - this.#startMs)))
    for (const cookie of this.#cookies) headers.append('set-cookie', cookie)
    this.#proxied.editResponse(headers, outcome.status)
    const body = mayHaveBody(outcome.status, request.method) ? outcome.body : ''
    const answer: HttpResponse = { status: outcome.status, headers, body }
    if (outcome.messages) answer.messages = outcome.messages
    // Of HTTP/1.1 Envoy passes none on.
    if (outcome.trailers && this.#delivery!.hop.received?.protocol === 'h2') answer.trailers = outcome.trailers
    if (opensWebSocket(request) && isFailedHandshake(outcome.status)) this.#proxied.failHandshake(answer)
    else this.#proxied.finish(answer)
  }

  #refuse(status: number, body: string, details: string, flag: string, headers: readonly string[] = []): void {
    this.#stop()
    this.#proxied.refuse({ status, body, headers }, details, flag)
  }

  /** Nothing is armed for an answer that has come already. */
  #armTotal(): void {
    const { total } = this.#timeouts
    if (total === 0 || this.#ended || this.#totalTimer) return
    const expire = () => {
      this.#open?.abandon()
      this.#close('timeout')
      this.#refuse(504, 'upstream request timeout', 'response_timeout', 'UT')
    }
    this.#totalTimer = this.#proxied.plane.clock.deadline(total, expire, `timeout at ${this.#proxied.proxy.name}`)
  }

  #armTry(): void {
    const { perTry } = this.#timeouts
    if (perTry === 0) return
    const expire = () => {
      this.#open?.abandon()
      this.#close('timeout')
      this.#reset('per-try-timeout')
    }
    this.#tryTimer = this.#proxied.plane.clock.deadline(perTry, expire, `per-try timeout at ${this.#proxied.proxy.name}`)
  }

  /** Ends the try: what comes of it from now on is nobody's. `result` is `null` for one that the client gave up. */
  #close(result: TryResult | null): void {
    this.#open = null
    this.#tryTimer?.cancel()
    this.#tryTimer = null
    const host = this.#host
    if (!host) return
    this.#host = null
    this.tried.push(host)
    if (result !== null) this.#cluster!.note(host, result)
    this.#cluster!.breaker.release(host, this.#connection!, typeof result === 'number')
  }

  #endRetry(): void {
    if (this.#retries) this.#cluster!.breaker.endRetry()
    this.#retries = false
  }

  #stop(): void {
    this.#ended = true
    this.#endRetry()
    this.#totalTimer?.cancel()
    this.#close(null)
  }
}

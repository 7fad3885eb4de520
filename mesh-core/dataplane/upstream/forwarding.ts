import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import type { Timer } from '../../time/clock.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import { doubtOfLength } from '../doubtful.ts'
import type { HopRecord } from '../evidence.ts'
import type { UpstreamSubject } from '../replies/format/subject.ts'
import type { PickContext } from '../balancing/balancer.ts'
import type { HostSet } from '../balancing/host-set.ts'
import { sendMirrors } from '../routing/mirror.ts'
import type { InFlight } from '../outcome.ts'
import { passAnswer } from './pass-answer.ts'
import { PreviousPriorities } from '../balancing/previous-priorities.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import type { CookiePolicy, HashSource } from '../balancing/request-hash.ts'
import { describeReset, overloaded, refusal } from './reset-reply.ts'
import { Retries } from './retries.ts'
import { takeRetry } from './retry-policy.ts'
import type { Reset, RetryConditions } from './retry-policy.ts'
import { editForwarded } from '../routing/route-edits.ts'
import type { RouteRuntime } from '../routing/route-runtime.ts'
import { sessionCookieValue, setCookie } from '../balancing/session-cookie.ts'
import { timeoutsOf } from './timeouts.ts'
import type { Timeouts } from './timeouts.ts'
import { isGrpc } from '../messages/grpc.ts'
import { opensWebSocket } from '../messages/upgrade.ts'
import type { UpstreamHost } from '../balancing/upstream-host.ts'
import { destinationOf, whyUnresolved } from './upstream.ts'
import { TriedRequests } from './tried-requests.ts'
import { UpstreamRequest } from './upstream-request.ts'
import type { Destination } from './upstream.ts'
import { wrongHeader, wrongHeaderDetails } from '../messages/wrong-header.ts'
import type { Hash64 } from '../balancing/xx-hash.ts'

/** By which a route asks for 204 where time is up. Source: Envoy `Router::Filter::decodeHeaders`. */
const lateAnswer = 'x-envoy-upstream-rq-timeout-alt-response'

/** What Envoy says where a cluster has nobody to send to. */
const noneHealthy = 'no healthy upstream'

type HttpVersion = NonNullable<UpstreamSubject['protocol']>

/** The router: sends a request to a cluster, again where the route says so, within the route's limits in time. Source: Envoy `Router::Filter`. */
export class Forwarding implements InFlight, PickContext, HashSource {
  readonly #proxied: ProxiedRequest
  readonly #route: RouteRuntime
  readonly #action: ForwardAction
  #retry: RetryConditions | null
  /** Is the client told that its time is up? */
  #answersLate = true
  /** A header that the route has added. */
  #wrongHeader: string | null = null
  #cluster: ClusterRuntime | null = null
  #timeouts: Timeouts = { total: 0, perTry: 0 }
  #requests: TriedRequests | null = null
  #startMs = 0
  #attempt = 0
  /** All of the body has come before the router has it. */
  #isWhole = false
  readonly #seen = { overTls: false, version: 'HTTP/1.1' as HttpVersion, hostName: null as string | null, failure: '', hasAnswered: false }
  /** The last try. */
  #upstream: UpstreamRequest | null = null
  /** Of the try before, until the last has a connection. */
  #formerHop: HopRecord | null = null
  readonly tried: UpstreamHost[] = []
  attempts = 0
  readonly #previousPriorities: PreviousPriorities | null
  #retries: Retries | null = null
  readonly #cookies: string[] = []
  #totalTimer: Timer | null = null
  #ended = false

  constructor(proxied: ProxiedRequest, route: RouteRuntime, action: ForwardAction) {
    this.#proxied = proxied
    this.#route = route
    this.#action = action
    this.#retry = route.retry
    const every = action.retry?.previousPriorities
    this.#previousPriorities = every ? new PreviousPriorities(every) : null
  }

  /** Of the last try, as header values may speak of it. */
  get seen(): UpstreamSubject | null {
    if (this.#attempt === 0) return null
    const { version, ...seen } = this.#seen
    return { ...seen, protocol: this.lastHop === null ? null : version }
  }

  /** Of the last try, when it reached somebody. */
  get lastHop(): HopRecord | null {
    return this.#upstream?.hop ?? this.#formerHop
  }

  get request(): HttpRequest {
    return this.#proxied.request
  }

  get remoteAddress(): string {
    return this.#proxied.downstream.remoteAddress
  }

  hash(): Hash64 | null {
    return this.#route.hash?.(this) ?? null
  }

  loads(sets: readonly HostSet[], usual: readonly number[]): readonly number[] {
    return this.#previousPriorities?.loads(sets, usual) ?? usual
  }

  giveCookie(policy: CookiePolicy): string {
    const { connectionAddress, remotePort, localAddress } = this.#proxied.downstream
    const value = sessionCookieValue(`${connectionAddress}:${remotePort}`, localAddress)
    this.#cookies.push(setCookie(policy, value))
    return value
  }

  /** Who looks names up says so; where nobody does, the cluster has found nobody. Source: Envoy's dynamic forward proxy, `proxy_filter.cc` and `cluster.cc`. */
  #refuseUnresolved(reason: string): void {
    const { filter } = this.#proxied.entrance.chain
    const [body, flag] = filter.kind === 'http' && filter.looksUpHosts ? (['DNS resolution failure', 'DF'] as const) : ([noneHealthy, 'UH'] as const)
    this.#refuse(503, body, `dns_resolution_failure{${reason}}`, flag)
  }

  start(): void {
    const { proxy, log, choice, plane } = this.#proxied
    const cluster = proxy.cluster(choice!.config.cluster)
    if (!cluster) {
      log.cluster = '-'
      return this.#refuse(this.#action.clusterNotFoundStatus, '', 'cluster_not_found', 'NC')
    }
    const unresolved = whyUnresolved(this.#proxied, cluster)
    if (unresolved !== null) return this.#refuseUnresolved(unresolved)
    this.#cluster = cluster
    this.#retries = new Retries(plane, cluster.breaker, log)
    this.#startMs = plane.clock.now()
    this.#proxied.isCall = isGrpc(this.#proxied.request)
    this.#timeouts = timeoutsOf(this.#action, this.#proxied.request, this.#isWritten)
    this.#requests = new TriedRequests(this.#proxied, this.#action, cluster, this.#timeouts)
    // Where it goes is decided by what it has become.
    this.#edit()
    const destination = destinationOf(this.#proxied, cluster, this)
    if (!destination) return this.#refuse(503, noneHealthy, 'no_healthy_upstream', 'UH')
    this.#isWhole = this.#proxied.body.isWhole
    this.#proxied.body.take()
    this.#try(destination, this.#action.mirrors.length > 0 ? () => this.#sendMirrors() : undefined)
    this.#armTotal()
  }

  abandon(): void {
    this.#stop()
  }

  /** By filters in front of it: claims, and what an authorizer has said. */
  get #isWritten(): boolean {
    return this.request.claims !== undefined || this.#proxied.settings.custom !== undefined || this.#proxied.isRewritten
  }

  /** What the router writes into the request once, before the first try. */
  #edit(): void {
    const { request, choice, log } = this.#proxied
    log.attempts = 1
    if (this.#proxied.countsAttempts) request.headers.set('x-envoy-attempt-count', '1')
    this.#requests!.tellTimeout(request.headers)
    editForwarded(request, this.#route, choice!, this.#action, this.#proxied.tellsItself, () => this.#proxied.subject(null, 0))
    // What a client sends itself has been looked at when it came.
    if (!this.#proxied.isEdited && !request.claims) return
    this.#retry = takeRetry(this.#retry, request.headers)
    this.#answersLate = !request.headers.has(lateAnswer)
    request.headers.remove(lateAnswer)
    this.#wrongHeader = wrongHeader(request.headers)
    const doubt = opensWebSocket(request) || request.messages ? null : doubtOfLength(request.headers, request.body, this.#proxied.proxy.name)
    if (doubt) this.#proxied.place.exchange.fail(doubt)
  }

  #sendMirrors(): void {
    if (this.#wrongHeader === null) sendMirrors(this.#proxied, this.#action.mirrors, this.#timeouts)
  }

  /** @param meanwhile once it has its place among the requests of the cluster, or none */
  #try(destination: Destination | null, meanwhile?: () => void): void {
    const { log } = this.#proxied
    if (!destination) return this.#refuse(503, noneHealthy, 'no_healthy_upstream', 'UH')
    const attempt = ++this.#attempt
    log.attempts = attempt
    log.upstreamHost = destination.address
    if (destination.host) this.#previousPriorities?.note(destination.host)
    const one = {
      request: this.#requests!.next(attempt, destination, Boolean(this.#upstream?.hop)),
      attempt,
      limitMs: this.#timeouts.perTry,
      isWrong: this.#wrongHeader !== null,
      isWhole: this.#isWhole || attempt > 1,
    }
    const upstream = new UpstreamRequest(this.#proxied, this.#cluster!, destination, one, (end) => {
      if (upstream.host) this.tried.push(upstream.host)
      if (typeof end === 'string') this.#reset(end, upstream)
      else this.#conclude(end)
    })
    this.#note(destination, one.request)
    this.#formerHop = this.lastHop
    this.#upstream = upstream
    upstream.start(meanwhile)
  }

  #note({ tls, address }: Destination, { protocol }: HttpRequest): void {
    this.#seen.overTls = tls.length > 0
    this.#seen.version = protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1'
    this.#seen.hostName = this.#cluster!.config.discovery === 'eds' ? address : null
    this.#seen.failure = ''
  }

  #conclude(outcome: HttpResponse): void {
    if (this.#retry?.retriesAnswer(outcome, this.request.headers.has('early-data')) && this.#tryAgain()) return
    this.#answer(outcome)
  }

  #reset(reset: Reset, { failure }: UpstreamRequest): void {
    if (reset === 'connect-failure') this.#seen.failure = failure ?? refusal
    if (reset === 'connect-failure' || reset === 'overflow' || reset === 'wrong-header') this.#upstream = this.#formerHop = null
    if (this.#retry?.retriesReset(reset) && this.#tryAgain()) return
    if (reset === 'wrong-header') return this.#refuse(503, this.#wrongHeader!, wrongHeaderDetails(this.#wrongHeader!), 'DPE')
    if (reset === 'per-try-timeout') return this.#refuseLate('upstream_per_try_timeout')
    const { status, flag, details, body } = describeReset(reset, this.#attempt > 1, failure)
    this.#refuse(status, body, details, flag, reset === 'overflow' && this.#proxied.tellsItself ? overloaded : [])
  }

  /** @returns false when that may not be */
  #tryAgain(): boolean {
    const { policy } = this.#retry!
    if (!this.#retries!.begin(policy, () => this.#try(destinationOf(this.#proxied, this.#cluster!, this)))) return false
    this.attempts = policy.hostSelectionAttempts
    this.#armTotal()
    return true
  }

  #answer(outcome: HttpResponse): void {
    this.#stop()
    this.#seen.hasAnswered = true
    const isHttp2 = this.lastHop?.received?.protocol === 'h2'
    const attempts = this.#proxied.tellsAttempts ? this.#attempt : null
    passAnswer(this.#proxied, outcome, { startMs: this.#startMs, isHttp2, attempts, cookies: this.#cookies })
  }

  #refuseLate(details: string): void {
    if (this.#answersLate) this.#refuse(504, 'upstream request timeout', details, 'UT')
    else this.#refuse(204, '', details, 'UT')
  }

  #refuse(status: number, body: string, details: string, flag: string, headers: readonly string[] = []): void {
    this.#stop()
    // Where it has no cluster the router does not begin.
    const told = this.#cluster && this.#proxied.tellsAttempts ? ['x-envoy-attempt-count', String(Math.max(1, this.#attempt))] : []
    this.#proxied.refuse({ status, body, headers: [...told, ...headers] }, details, flag)
  }

  /** Nothing is armed for an answer that has come already. */
  #armTotal(): void {
    const { total } = this.#timeouts
    if (total === 0 || this.#ended || this.#totalTimer) return
    const expire = () => {
      this.#upstream?.expire()
      this.#refuseLate('response_timeout')
    }
    this.#totalTimer = this.#proxied.plane.clock.deadline(total, expire, `timeout at ${this.#proxied.proxy.name}`)
  }

  #stop(): void {
    this.#ended = true
    this.#retries?.end()
    this.#totalTimer?.cancel()
    this.#upstream?.abandon()
  }
}

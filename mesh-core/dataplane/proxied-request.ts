import type { RateLimit } from '../ir/route.ts'
import { hostOfCluster } from '../ir/cluster.ts'
import type { Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import { admit, limitAt, type Admission } from './admission.ts'
import { receiveRequest, signAnswer } from './connection-manager.ts'
import type { ReceivedRequest } from './connection-manager.ts'
import { changeHeaders } from './authorizer-answer.ts'
import type { HeadersBack } from './authorizer-answer.ts'
import type { CorsVerdict } from './cors-filter.ts'
import { directResponse } from './direct-response.ts'
import { doubtOfLength, doubtOfVersion } from './doubtful.ts'
import { Downstream } from './downstream.ts'
import { senderOf, type Entrance } from './entrance.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { explanationOf } from './explain.ts'
import { injectFault } from './fault-filter.ts'
import type { Subject } from './format/subject.ts'
import { Forwarding } from './forwarding.ts'
import { removeBlanks } from './header-mutation.ts'
import { removeOwnOfConnection } from './hop-by-hop.ts'
import { composeLocalReply, mayHaveBody } from './local-reply.ts'
import type { LocalReply } from './local-reply.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Passage } from './passage.ts'
import type { Plane } from './plane.ts'
import { rewriteOf, type Rewrite } from './reply-mapping.ts'
import { ProxyApplicant } from './proxy-applicant.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { limitedHeaders, limitedReply, rateLimited } from './rate-limit.ts'
import { answerOf, refusalOf, upgradeRefusal } from './request-refusal.ts'
import type { RequestRefusal } from './request-refusal.ts'
import { locationWithTls } from './redirect.ts'
import { findRoute, isWithoutTls } from './route-lookup.ts'
import type { ChoiceRuntime, RouteRuntime } from './route-runtime.ts'
import { failedHandshake } from './upgrade.ts'
import { StreamTimers, type StreamEnd } from './stream-timers.ts'
import { chooseWeighted } from './weighted-choice.ts'

/** One request on its way through one proxy: connection manager, fault filter, CORS filter, router, in the order that istiod puts them in. */
export class ProxiedRequest implements InFlight {
  readonly plane: Plane
  readonly place: Place
  readonly proxy: ProxyRuntime
  readonly entrance: Entrance
  readonly downstream: Downstream
  readonly log: LogRecord
  readonly origin: HopOrigin
  /** As this proxy edits it. */
  readonly request: HttpRequest
  readonly #passage: Passage
  readonly #sent: HttpRequest
  readonly #received: ReceivedRequest
  readonly #done: Done
  #cors: CorsVerdict | null = null
  #forwarding: Forwarding | null = null
  /** The client's body has been taken in: not while the first filter looks at the headers. */
  #bodyTaken = false
  #ended = false
  /** Filters that have not decided yet. */
  #admitting: InFlight | null = null
  #back: HeadersBack = []
  readonly #timers = new StreamTimers()
  /** Before any filter has decided. */
  #found: RouteRuntime | null = null
  readonly #applicant: ProxyApplicant

  constructor(plane: Plane, place: Place, proxy: ProxyRuntime, entrance: Entrance, sent: HttpRequest, done: Done) {
    this.plane = plane
    this.place = place
    this.proxy = proxy
    this.entrance = entrance
    this.#sent = sent
    this.#done = done
    this.downstream = new Downstream(plane, place, proxy, entrance.target)
    const client = proxy.edge ? this.downstream.connectionAddress : null
    this.#received = receiveRequest(plane, sent, client, { ...entrance, port: entrance.target.port })
    this.downstream.trustedAddress = this.#received.trustedAddress
    this.request = this.#received.request
    this.log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
    if (!proxy.edge) this.log.localPort = entrance.target.port
    this.#passage = { proxy, entrance, log: this.log, sent, client, virtualHost: null, route: null, choice: null }
    this.origin = {
      parent: place.parent,
      from: senderOf(place, proxy),
      service: entrance.target.service,
      log: this.log,
      explain: explanationOf(plane, this.#passage),
    }
    this.#applicant = new ProxyApplicant(this, this.#passage)
  }

  get route(): RouteRuntime | null {
    return this.#passage.route
  }

  get choice(): ChoiceRuntime | null {
    return this.#passage.choice
  }

  /** As it came: what it is, gRPC or not, is decided before anything is written into it. */
  get sent(): HttpRequest {
    return this.#sent
  }

  /** The client does; what filters write looks like it. */
  get opensWebSocket(): boolean {
    return this.#received.upgrade === 'websocket'
  }

  get ended(): boolean {
    return this.#ended
  }

  /** By a header of the request. */
  get countsAttempts(): boolean {
    return this.proxy.config.routeTables[this.entrance.table]?.countsAttempts !== false
  }

  start(): void {
    const doubt = doubtOfVersion(this.entrance.settings, this.#sent, this.proxy.name)
    if (doubt) return this.place.exchange.fail(doubt)
    const refusal = refusalOf(this.#sent, this.#received, this.entrance.normalization, this.entrance.settings)
    if (refusal) return this.#refuseRequest(refusal)
    const host = this.#findHost()
    if (this.#received.upgrade === 'unknown') return this.#refuseUpgrade()
    const withoutTls = host?.config.requireTls === true && isWithoutTls(this.request)
    const route = withoutTls ? null : this.#find()
    this.#watch(route)
    this.#applicant.hasRoute = route !== null || withoutTls
    this.#applicant.route = route
    this.#admitting = admit(this.plane, this.#applicant, (admission) => {
      if (!this.#ended) this.#decide(admission, route, withoutTls)
    })
  }

  /** The log names the route that a request would have taken that is kept out. Headers that were taken out without a token still count: the route was chosen before. */
  #decide(admission: Admission, found: RouteRuntime | null, withoutTls: boolean): void {
    if (admission.kind === 'limited') return this.#limit(admission.limit, found)
    this.#back = admission.back
    if (admission.waited) this.takeBody()
    if (admission.isNew) this.#findHost()
    const route = admission.isNew && !withoutTls ? this.#find() : found
    if (route !== found) this.#watch(route)
    if (admission.kind === 'out') {
      if (admission.flag !== null) this.log.raise(admission.flag)
      if (route) this.#choose(route)
      return this.reply(admission.reply, admission.details)
    }
    if ((withoutTls || !route) && this.#isLimited(route)) return
    if (withoutTls) return this.#redirect(301, locationWithTls(this.request))
    if (!route) return this.refuse({ status: 404, body: '' }, 'route_not_found', 'NR')
    this.#take(route)
  }

  #watch(route: RouteRuntime | null): void {
    this.#found = route
    const action = route?.config.action
    const duration = action?.kind === 'forward' ? action.duration : undefined
    const { settings } = this.entrance
    const watched = { clock: this.plane.clock, settings, request: this.request, route: route?.config ?? null, duration, log: this.log }
    this.#timers.watch(watched, (end) => this.#giveUp(route, end))
  }

  #giveUp(route: RouteRuntime | null, { reply, details, flag }: StreamEnd): void {
    if (route && !this.route) this.#choose(route)
    this.#admitting?.abandon()
    this.#forwarding?.abandon()
    if (flag !== null) this.log.raise(flag)
    this.reply(reply, details)
  }

  /** Right before the router. */
  #isLimited(route: RouteRuntime | null): boolean {
    this.#applicant.route = route
    const limit = limitAt(this.plane, this.#applicant, 'last')
    if (limit) this.#limit(limit, route)
    return limit !== null
  }

  #limit(limit: RateLimit, route: RouteRuntime | null): void {
    if (route && !this.route) this.#choose(route)
    this.log.raise('RL')
    this.log.details = rateLimited
    const response = composeLocalReply(
      limitedReply(limit),
      this.#sent,
      (headers) => {
        this.editResponse(headers, limit.status)
        limitedHeaders(limit)?.(headers, this.subject(headers, limit.status))
      },
      this.#rewrite(rateLimited),
    )
    this.#answer(response, rateLimited)
  }

  #findHost(): Passage['virtualHost'] {
    return (this.#passage.virtualHost = this.proxy.routeTable(this.entrance.table)?.findVirtualHost(this.request.authority) ?? null)
  }

  #find(): RouteRuntime | null {
    return findRoute(this.#passage.virtualHost, this.request)
  }

  /** Ends the request with an answer of the proxy's own. */
  refuse(reply: LocalReply, details: string, flag: string): void {
    this.log.raise(flag)
    this.reply(reply, details)
  }

  reply(reply: LocalReply, details: string): void {
    this.log.details = details
    this.#answer(
      composeLocalReply(reply, this.#sent, (headers) => this.editResponse(headers, reply.status, 0), this.#rewrite(details)),
      details,
    )
  }

  /** What a workload says in place of opening a WebSocket. */
  failHandshake({ status, headers }: HttpResponse): void {
    this.log.details = failedHandshake
    this.finish({ status, headers, body: '' })
  }

  /** The answer goes back through the filters, the last one first. */
  finish(response: HttpResponse): void {
    if (this.#ended) return
    this.#ended = true
    this.#timers.stop()
    const { headers } = response
    changeHeaders(headers, this.#back)
    if (this.#cors) this.route!.cors!.editResponse(headers, this.#cors)
    signAnswer(headers, this.entrance.settings, this.proxy.serverHeader)
    if (this.route?.tellsLength && response.messages === undefined && mayHaveBody(response.status, this.#sent.method)) {
      const doubt = doubtOfLength(headers, response.body, this.proxy.name)
      if (doubt) return this.place.exchange.fail(doubt)
    }
    const isHttp2 = this.#sent.protocol === 'h2'
    // HTTP/2 has other ways to say so.
    if (!isHttp2 && (this.#received.closes || this.#leavesUnread(response.status))) headers.set('connection', 'close')
    if (!isHttp2 && response.trailers) delete response.trailers
    this.log.status = response.status
    this.log.durationMs = this.plane.clock.now() - this.log.startMs
    this.#done(response)
  }

  /** Is there more of the request than was taken from its connection when the answer comes? A client that opens a WebSocket is never done. */
  #leavesUnread(status: number): boolean {
    const { upgrade } = this.#received
    if (upgrade === 'websocket' || upgrade === 'unknown') return status !== 101
    return !this.#bodyTaken && (this.request.body !== '' || this.request.messages !== undefined)
  }

  abandon(): void {
    if (this.#ended) return
    this.#ended = true
    this.#timers.stop()
    if (this.#found && !this.route) this.#choose(this.#found)
    this.log.raise('DC')
    this.log.details = 'downstream_remote_disconnect'
    this.log.durationMs = this.plane.clock.now() - this.log.startMs
    this.#admitting?.abandon()
    this.#forwarding?.abandon()
    if (!this.#forwarding?.lastHop) this.#noteUnreached(0)
  }

  /**
   * Header operations of the route on an answer: the chosen destination's first, then the route's.
   * @param of a workload; 0 for an answer of the proxy's own, of which the log knows no status yet
   */
  editResponse(headers: Headers, status: number, of = status): void {
    const ofChoice = this.choice?.responseHeaders ?? null
    const ofRoute = this.route?.responseHeaders ?? null
    if (!ofChoice && !ofRoute) return
    ofChoice?.(headers, this.subject(headers, status, of))
    ofRoute?.(headers, this.subject(headers, status, of))
    removeOwnOfConnection(headers, status)
    if (this.#sent.protocol !== 'h2') removeBlanks(headers)
  }

  subject(responseHeaders: Headers | null, answerStatus: number, responseStatus = answerStatus): Subject {
    const { peer, serverName, chain } = this.entrance
    return {
      request: this.request,
      claims: this.request.claims,
      responseHeaders,
      answerStatus,
      responseStatus,
      log: this.log,
      client: this.downstream,
      clientTls: chain.tls ? { serverName, names: peer } : null,
      upstream: this.#forwarding?.seen ?? null,
      ownAddress: this.proxy.place.address,
      hostname: this.proxy.place.ref.instance,
      now: this.plane.clock.now(),
      fail: this.place.exchange.fail,
    }
  }

  #refuseRequest(refusal: RequestRefusal): void {
    const response = answerOf(refusal, this.request, this.#rewrite(refusal.details, refusal.flag === null ? this.request : null))
    if (refusal.flag) this.log.raise(refusal.flag)
    this.#answer(response, refusal.details)
  }

  /** @param request `null` where its headers were not read */
  #rewrite(details: string, request: HttpRequest | null = this.request): Rewrite | undefined {
    const { settings } = this.entrance
    return rewriteOf(settings, { request, flags: this.log.flags, details, subject: (headers, status) => this.subject(headers, status) })
  }

  /** No filter sees it. Its route is known by then, which the log tells. */
  #refuseUpgrade(): void {
    const route = this.#find()
    if (route) this.#choose(route)
    this.reply(upgradeRefusal.reply, upgradeRefusal.details)
  }

  #take(route: RouteRuntime): void {
    this.#choose(route)
    const { fault } = route.config
    if (fault) injectFault(this, fault, () => this.#pastFault())
    else this.#pastFault()
  }

  #choose(route: RouteRuntime): void {
    this.#passage.route = route
    this.log.route = route.config.name || '-'
    if (route.choices.length > 0) {
      const choice = route.choices[chooseWeighted(route.weights, route.totalWeight, this.plane.chance.split)]!
      this.#passage.choice = choice
      const { cluster } = choice.config
      // A cluster that is not there is not named.
      this.log.cluster = this.proxy.cluster(cluster) ? cluster : '-'
      // Outside names are no services: the request is for the one that the gateway sends it to.
      if (this.origin.service === null && this.proxy.edge) this.origin.service = hostOfCluster(this.log.cluster)
    }
  }

  #pastFault(): void {
    const route = this.route!
    const verdict = route.cors?.judge(this.request) ?? null
    this.#cors = verdict
    if (verdict?.answersPreflight) return this.#answerPreflight(route.cors!.preflightHeaders(verdict, this.request))
    if (this.#isLimited(route)) return
    const { action } = route.config
    switch (action.kind) {
      case 'redirect':
        return this.#redirect(action.status, route.location!(this.request))
      case 'direct-response':
        return this.reply(directResponse(action, this.request), 'direct_response')
      case 'forward':
        this.#forwarding = new Forwarding(this, route, action)
        return this.#forwarding.start()
    }
  }

  /** From here on an answer comes after the request's body. */
  takeBody(): void {
    this.#bodyTaken = true
  }

  #redirect(status: number, location: string): void {
    this.reply({ status, body: '', headers: ['location', location] }, 'direct_response')
  }

  #answerPreflight(headers: string[]): void {
    const response = composeLocalReply({ status: 200, body: '', headers }, this.#sent, () => {})
    this.#answer(response, 'cors_response')
  }

  /** Of the proxy's own. */
  #answer(response: HttpResponse, details: string): void {
    this.log.details = details
    this.#noteUnreached(response.status)
    this.finish(response)
  }

  /** The proxy has answered in the workload's stead: of the try that was under way, or of a request that reached nobody. */
  #noteUnreached(status: number): void {
    const last = this.#forwarding?.lastHop ?? null
    if (last) {
      last.status = status
      return
    }
    const hop = new HopRecord(this.origin)
    hop.status = status
    hop.attempt = Math.max(1, this.log.attempts)
    this.place.exchange.hops.push(hop)
  }
}

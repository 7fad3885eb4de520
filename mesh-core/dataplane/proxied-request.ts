import { hostOfCluster } from '../ir/cluster.ts'
import type { Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import type { Admission } from './filters/admission.ts'
import { receiveRequest } from './connection-manager.ts'
import type { CorsVerdict } from './filters/cors-filter.ts'
import { directResponse } from './routing/direct-response.ts'
import { doubtOfLength } from './doubtful.ts'
import { Downstream } from './downstream.ts'
import { senderOf, type Entrance } from './entrance.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { HopOrigin, Place } from './evidence.ts'
import { explanationOf } from './explain.ts'
import type { Subject } from './replies/format/subject.ts'
import { Forwarding } from './upstream/forwarding.ts'
import { HttpStream } from './http-stream.ts'
import { toldNothing, type ToldByRoute } from './filters/told-by-route.ts'
import { composeLocalReply, mayHaveBody } from './replies/local-reply.ts'
import type { Done } from './outcome.ts'
import type { Passage } from './passage.ts'
import type { Plane } from './plane.ts'
import { ProxyApplicant } from './filters/proxy-applicant.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'
import { upgradeRefusal } from './messages/request-refusal.ts'
import { locationWithTls } from './routing/redirect.ts'
import { findRoute, isWithoutTls } from './routing/route-lookup.ts'
import { clusterNamedBy } from './routing/route-runtime.ts'
import type { ChoiceRuntime, RouteRuntime } from './routing/route-runtime.ts'
import { chooseWeighted } from './balancing/weighted-choice.ts'

/** One request on its way through one proxy that leads elsewhere: connection manager, fault filter, CORS filter, router, in the order that istiod puts them in. */
export class ProxiedRequest extends HttpStream<Forwarding> {
  readonly proxy: ProxyRuntime
  readonly entrance: Entrance
  readonly downstream: Downstream
  readonly origin: HopOrigin
  /** Of gRPC, as filters have left it to the router. */
  isCall = false
  readonly #passage: Passage
  #cors: CorsVerdict | null = null
  /** Before any filter has decided. */
  #found: RouteRuntime | null = null
  /** By the request, as it was when its route was found. */
  #named: ChoiceRuntime | null = null
  /** No filter stands between it and the router any more. */
  #isRouted = false
  readonly #applicant: ProxyApplicant

  constructor(plane: Plane, place: Place, proxy: ProxyRuntime, entrance: Entrance, sent: HttpRequest, done: Done) {
    const downstream = new Downstream(plane, place, proxy, entrance.target)
    const client = proxy.edge ? downstream.connectionAddress : null
    const received = receiveRequest(plane, sent, client, { ...entrance, port: entrance.target.port })
    downstream.trustedAddress = received.trustedAddress
    const log = new LogRecord(proxy.name, proxy.edge ? 'gateway' : 'outbound', plane.clock.now())
    if (!proxy.edge) log.localPort = entrance.target.port
    const { settings, normalization } = entrance
    super({ plane, place, log, sent, received, settings, normalization, name: proxy.name, server: proxy.serverHeader }, done)
    this.proxy = proxy
    this.entrance = entrance
    this.downstream = downstream
    this.#passage = { proxy, entrance, log, sent, client, virtualHost: null, route: null, choice: null }
    this.origin = {
      parent: place.parent,
      from: senderOf(place, proxy),
      service: entrance.target.service,
      log,
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

  /** By Envoy's own headers. */
  get tellsItself(): boolean {
    return this.settings.envoyHeaders !== false
  }

  /** Has the route operations on the headers of requests, or has a filter written into them? */
  get isEdited(): boolean {
    return Boolean(this.route?.requestHeaders || this.choice?.requestHeaders) || this.isRewritten
  }

  /** By a header of the request. */
  get countsAttempts(): boolean {
    const ofHost = this.#passage.virtualHost?.config.countsAttempts
    return ofHost ?? this.proxy.config.routeTables[this.entrance.table]?.countsAttempts !== false
  }

  /** By a header of the answer. */
  get tellsAttempts(): boolean {
    return this.#passage.virtualHost?.config.tellsAttempts === true
  }

  protected enter(): void {
    const host = this.#findHost()
    const withoutTls = host?.config.requireTls === true && isWithoutTls(this.request)
    const route = withoutTls ? null : this.#find()
    const hasRoute = route !== null || withoutTls
    if (hasRoute && this.received.upgrade === 'unknown') return this.#refuseUpgrade()
    this.#watch(route)
    this.#applicant.hasRoute = hasRoute
    this.#applicant.route = route
    this.admit(this.#applicant, (admission) => this.#decide(admission, withoutTls))
  }

  /** The log names the route that a request would have taken that is kept out. Headers that were taken out without a token still count: the route was chosen before. */
  #decide(admission: Exclude<Admission, { kind: 'stopped' }>, withoutTls: boolean): void {
    if (admission.isNew || this.takeAstray()) {
      this.#findHost()
      if (!withoutTls) this.#watchAnew(this.#find())
    }
    if (admission.kind === 'out') {
      if (admission.flag !== null) this.log.raise(admission.flag)
      this.settle()
      return this.reply(admission.reply, admission.details)
    }
    const route = this.#found
    if (route && !withoutTls) return this.#take(route)
    this.meetFault(toldNothing, () => {
      this.#visitLast(() => {
        if (withoutTls) return this.redirect(301, locationWithTls(this.request))
        this.refuse({ status: 404, body: '' }, 'route_not_found', 'NR')
      })
    })
  }

  #watchAnew(route: RouteRuntime | null): void {
    if (route !== this.#found) this.#watch(route)
  }

  #watch(route: RouteRuntime | null): void {
    this.#found = route
    const action = route?.config.action
    this.watch(route?.config ?? null, action?.kind === 'forward' ? action.duration : undefined)
  }

  #visitLast(goOn: () => void): void {
    this.#applicant.route = this.#found
    this.visitLast(this.#applicant, () => (this.takeAstray() ? this.#goAnew(goOn) : goOn()))
  }

  /** Filters behind all others have changed what its route depends on. */
  #goAnew(goOn: () => void): void {
    const before = this.#found
    this.#findHost()
    this.#watchAnew(this.#find())
    if (this.#found === before) return goOn()
    if (!this.#found) return this.refuse({ status: 404, body: '' }, 'route_not_found', 'NR')
    this.#choose(this.#found)
    this.#act(this.#found)
  }

  protected get chain(): string {
    return this.#applicant.chain
  }

  protected get ofRoute(): ToldByRoute {
    return this.#applicant.ofRoute
  }

  protected settle(): void {
    if (this.#found && !this.route) this.#choose(this.#found)
  }

  #findHost(): Passage['virtualHost'] {
    const { authority, withoutHost } = this.request
    return (this.#passage.virtualHost = this.proxy.routeTable(this.entrance.table)?.findVirtualHost(withoutHost ? null : authority) ?? null)
  }

  #find(): RouteRuntime | null {
    const route = findRoute(this.#passage.virtualHost, this.request)
    this.#named = route ? clusterNamedBy(route, this.request) : null
    return route
  }

  override finish(response: HttpResponse): void {
    const doubt = this.ended ? null : this.#doubtOf(response)
    if (doubt) return this.place.exchange.fail(doubt)
    super.finish(response)
  }

  #doubtOf({ status, headers, body, messages }: HttpResponse): Error | null {
    if (!this.route?.setsLength || messages !== undefined || !mayHaveBody(status, this.sent.method)) return null
    return doubtOfLength(headers, body, this.proxy.name)
  }

  protected override passCors(headers: Headers): void {
    if (this.#cors) this.route!.cors!.editResponse(headers, this.#cors)
  }

  /**
   * The chosen destination's first, then the route's. Of a route that sends nowhere the router alone knows what it writes into answers, and no filter that answers
   * before. Source: Envoy `DownstreamFilterManager::sendLocalReply`, `RouteEntryImplBase::routeEntry`.
   */
  protected edit(headers: Headers, status: number, of: number): boolean {
    if (!this.#isRouted && this.route?.config.action.kind !== 'forward') return false
    const ofChoice = this.choice?.responseHeaders ?? null
    const ofRoute = this.route?.responseHeaders ?? null
    if (!ofChoice && !ofRoute) return false
    ofChoice?.(headers, this.subject(headers, status, of))
    ofRoute?.(headers, this.subject(headers, status, of))
    return true
  }

  subject(responseHeaders: Headers | null, answerStatus: number, responseStatus = answerStatus): Subject {
    const { peer, serverName, chain } = this.entrance
    return {
      request: this.request,
      claims: this.request.claims,
      state: this.state,
      responseHeaders,
      answerStatus,
      responseStatus,
      log: this.log,
      client: this.downstream,
      clientTls: chain.tls ? { serverName, names: peer } : null,
      upstream: this.router?.seen ?? null,
      ownAddress: this.proxy.place.address,
      hostname: this.proxy.place.ref.instance,
      now: this.plane.clock.now(),
      fail: this.place.exchange.fail,
    }
  }

  /** No filter sees it come. Its route is known by then, which the log tells; one that has none is answered as any other of the kind, which was seen of Envoy 1.40.0. */
  #refuseUpgrade(): void {
    this.#found = this.#find()
    this.settle()
    this.reply(upgradeRefusal.reply, upgradeRefusal.details)
  }

  #take(route: RouteRuntime): void {
    this.#choose(route)
    this.#applicant.route = route
    this.meetFault(this.ofRoute, () => this.#pastFault())
  }

  #choose(route: RouteRuntime): void {
    this.#passage.route = route
    this.log.route = route.config.name || '-'
    if (route.choices.length > 0) {
      const choice = this.#named ?? route.choices[chooseWeighted(route.weights, route.totalWeight, this.plane.chance.split)]!
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
    this.#visitLast(() => this.#act(route))
  }

  #act(route: RouteRuntime): void {
    this.#isRouted = true
    const { action } = route.config
    switch (action.kind) {
      case 'redirect':
        return this.redirect(action.status, route.location!(this.request))
      case 'direct-response':
        return this.reply(directResponse(action, this.request), 'direct_response')
      case 'forward':
        this.router = new Forwarding(this, route, action)
        return this.router.start()
    }
  }

  #answerPreflight(headers: string[]): void {
    this.answer(
      composeLocalReply({ status: 200, body: '', headers }, this.sent, () => {}),
      'cors_response',
    )
  }

  /** Of the try that was under way, or of a request that reached nobody. */
  protected noteUnreached(status: number): void {
    const last = this.router?.lastHop ?? null
    if (last) {
      if (status > 0) last.status = status
      return
    }
    const hop = new HopRecord(this.origin)
    hop.status = status
    hop.attempt = Math.max(1, this.log.attempts)
    this.place.exchange.hops.push(hop)
  }
}

import type { RateLimit, StreamDuration } from '../ir/route.ts'
import type { InboundPort } from '../ir/inbound-port.ts'
import type { Claims, Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import { admit, limitAt, type Admission } from './admission.ts'
import { inlineOfResponse, joinRepeated } from './inline-headers.ts'
import { signAnswer, type ReceivedRequest } from './connection-manager.ts'
import type { Shipment } from './shipment.ts'
import { hostOf } from './application.ts'
import type { HopRecord, Place } from './evidence.ts'
import { LogRecord } from './evidence.ts'
import { changeHeaders } from './authorizer-answer.ts'
import type { HeadersBack } from './authorizer-answer.ts'
import { outcomeOf, type Asker } from './custom-access.ts'
import type { Subject } from './format/subject.ts'
import { accessSubject, tellDenial, tellTokenRefusal } from './inbound-access.ts'
import { InboundForwarding, noteUnreached } from './inbound-forwarding.ts'
import type { InboundReset } from './inbound-forwarding.ts'
import { InboundApplicant } from './inbound-applicant.ts'
import { inboundHeadersOf } from './inbound-headers.ts'
import { receiveInbound } from './inbound-request.ts'
import { removeHopByHopOfAnswer } from './hop-by-hop.ts'
import { composeLocalReply } from './local-reply.ts'
import type { LocalReply } from './local-reply.ts'
import { doubtOfVersion } from './doubtful.ts'
import type { Done, InFlight } from './outcome.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'
import { limitedHeaders, limitedReply, rateLimited } from './rate-limit.ts'
import { answerOf, refusalOf, upgradeRefusal } from './request-refusal.ts'
import type { RequestRefusal } from './request-refusal.ts'
import { rewriteOf, type Rewrite } from './reply-mapping.ts'
import { describeReset, overloaded } from './reset-reply.ts'
import { StreamTimers, type StreamEnd } from './stream-timers.ts'
import { locationWithTls } from './redirect.ts'
import { asksForTunnel } from './tunnel.ts'
import { namesShownBy } from './tls-handshake.ts'
import { failedHandshake, isFailedHandshake, opensWebSocket } from './upgrade.ts'
import { noSuchSocket } from './transport-failure.ts'
import { answersAt } from './receiver.ts'
import { wrongHeader, wrongHeaderDetails } from './wrong-header.ts'
import { speak } from './upstream-http.ts'

/** As long as its client asks for, and for ever where it does not. Source: Istio `core/httproute.go` buildSidecarInboundHTTPRouteConfig. */
const ofRoute: StreamDuration = { maxMs: 0, askedMaxMs: 0 }

/** The receiving side of a workload's own sidecar: it ends mutual TLS and says to the workload who has called. */
export class InboundSidecar implements InFlight {
  readonly #plane: Plane
  readonly #place: Place
  readonly #workload: WorkloadRuntime
  readonly #port: InboundPort
  readonly #log: LogRecord
  readonly #shipment: Shipment
  readonly #sent: HttpRequest
  readonly #received: ReceivedRequest
  readonly #request: HttpRequest
  /** Address that the connection comes from. */
  readonly #source: string
  readonly #hop: HopRecord
  readonly #settings: HttpSettings
  #ended = false
  /** Filters that have not decided yet. */
  #admitting: InFlight | null = null
  #forwarding: InboundForwarding | null = null
  #back: HeadersBack = []
  readonly #timers = new StreamTimers()
  readonly #applicant: InboundApplicant
  /** Once they are taken out of the request. */
  #claims: Claims | undefined
  /** With all of its tokens; rules take them out. */
  #asItCame: HttpRequest | null = null

  constructor(plane: Plane, place: Place, workload: WorkloadRuntime, shipment: Shipment, hop: HopRecord, port: InboundPort) {
    this.#settings = port.settings ?? {}
    this.#plane = plane
    this.#place = place
    this.#workload = workload
    this.#port = port
    this.#shipment = shipment
    this.#sent = shipment.request
    this.#source = shipment.source
    this.#received = receiveInbound(shipment, workload, plane, port)
    this.#request = this.#received.request
    speak(this.#request, port.http)
    const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
    log.localPort = shipment.port
    log.route = 'default'
    log.cluster = port.cluster
    log.upstreamHost = hostOf(workload.instance, port.leadsTo)
    this.#log = log
    this.#applicant = new InboundApplicant(workload, shipment, port, () => this.#asker())
    hop.inbound = log
    hop.received = this.#request
    this.#hop = hop
  }

  start(done: Done): void {
    const doubt = doubtOfVersion(this.#settings, this.#sent, `the sidecar of ${this.#workload.name}`)
    if (doubt) return this.#place.exchange.fail(doubt)
    const refusal = refusalOf(this.#sent, this.#received, this.#port.pathNormalization, this.#settings)
    if (refusal) return this.#refuse(refusal, done)
    if (this.#received.upgrade === 'unknown')
      return this.#answer(answerOf(upgradeRefusal, this.#request, this.#rewrite(upgradeRefusal.details)), upgradeRefusal.details, done)
    this.#watch(done)
    if (this.#settings.jwt) this.#asItCame = { ...this.#request, headers: this.#request.headers.copy() }
    this.#admitting = admit(this.#plane, this.#applicant, (admission) => {
      if (!this.#ended) this.#decide(admission, done)
    })
  }

  #watch(done: Done): void {
    const watched = { clock: this.#plane.clock, settings: this.#settings, request: this.#request, route: null, duration: ofRoute, log: this.#log }
    this.#timers.watch(watched, (end) => this.#giveUp(end, done))
  }

  #decide(admission: Admission, done: Done): void {
    if (admission.kind === 'limited') return this.#limit(admission.limit, done)
    this.#back = admission.back
    if (admission.kind === 'out') return this.#keepOut(admission, done)
    const isWritten = this.#request.claims !== undefined || inboundHeadersOf(this.#port).request !== undefined
    this.#forgetClaims()
    const limit = limitAt(this.#plane, this.#applicant, 'last')
    if (limit) return this.#limit(limit, done)
    if (asksForTunnel(this.#request)) return this.#answerUnrouted(done)
    if (this.#wantsTls) return this.#redirect(done)
    inboundHeadersOf(this.#port).request?.(this.#request.headers, this.#subject(null, 0))
    const wrong = isWritten ? wrongHeader(this.#request.headers) : null
    if (wrong !== null && answersAt(this.#plane, this.#workload.instance, this.#port.leadsTo)) return this.#keepBack(wrong, done)
    this.#forward(done)
  }

  /** The workload hears nothing of them. */
  #forgetClaims(): void {
    if (!this.#request.claims) return
    this.#claims = this.#request.claims
    delete this.#request.claims
  }

  #giveUp({ reply, details, flag }: StreamEnd, done: Done): void {
    this.#admitting?.abandon()
    this.#forwarding?.abandon()
    if (flag !== null) this.#log.raise(flag)
    this.#log.details = details
    const edits = inboundHeadersOf(this.#port).response
    const response = composeLocalReply(
      reply,
      this.#request,
      (headers) => edits?.(headers, this.#subject(headers, reply.status)),
      this.#rewrite(details),
    )
    this.#sign(response.headers)
    this.#end(response, done)
  }

  get #wantsTls(): boolean {
    return this.#port.requiresTls === true && this.#request.headers.get('x-forwarded-proto') !== 'https'
  }

  /** Of the route itself nothing is known then. */
  #redirect(done: Done): void {
    this.#log.route = this.#log.cluster = '-'
    this.#say({ status: 301, body: '', headers: ['location', locationWithTls(this.#request)] }, 'direct_response', done)
  }

  #keepBack(wrong: string, done: Done): void {
    this.#log.raise('DPE')
    this.#say({ status: 503, body: wrong }, wrongHeaderDetails(wrong), done)
  }

  #answerUnrouted(done: Done): void {
    this.#log.raise('NR')
    this.#log.route = this.#log.cluster = '-'
    this.#say({ status: 404, body: '' }, 'route_not_found', done)
  }

  #keepOut({ reply, details, flag, denial }: Extract<Admission, { kind: 'out' }>, done: Done): void {
    const { custom, jwt } = this.#settings
    if (jwt && this.#asItCame && details.startsWith('jwt_authn_access_denied'))
      tellTokenRefusal(this.#plane, this.#workload, this.#hop, jwt, { request: this.#asItCame, status: reply.status, details })
    if (denial) tellDenial(this.#workload, this.#hop, denial, this.#asker().subject, custom ? outcomeOf(reply.status, details, custom) : null)
    if (flag !== null) this.#log.raise(flag)
    this.#forgetClaims()
    this.#say(reply, details, done)
  }

  #limit(limit: RateLimit, done: Done): void {
    this.#log.raise('RL')
    const response = composeLocalReply(
      limitedReply(limit),
      this.#request,
      (headers) => {
        inboundHeadersOf(this.#port).response?.(headers, this.#subject(headers, limit.status))
        limitedHeaders(limit)?.(headers, this.#subject(headers, limit.status))
      },
      this.#rewrite(rateLimited),
    )
    this.#answer(response, rateLimited, done)
  }

  #asker(): Asker {
    const { instance, proxy } = this.#workload
    const clientAddress = this.#received.trustedAddress ?? this.#source
    const subject = { ...accessSubject(this.#workload, this.#shipment), request: this.#request, clientAddress }
    const filling = (): Subject => this.#subject(null, 0)
    return { plane: this.#plane, place: this.#place, proxy, ref: instance.ref, address: instance.address, subject, filling }
  }

  #subject(responseHeaders: Headers | null, responseStatus: number): Subject {
    const { instance } = this.#workload
    const [tls] = this.#shipment.tls
    const upstream = {
      protocol: this.#request.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1',
      overTls: false,
      hostName: null,
      failure: '',
      hasAnswered: true,
    } as const
    return {
      ...{ request: this.#request, claims: this.#claims, responseHeaders, answerStatus: responseStatus, responseStatus, log: this.#log },
      clientTls: tls ? { serverName: tls.serverName ?? '', names: namesShownBy(tls) } : null,
      upstream: responseHeaders !== null && this.#log.details === 'via_upstream' ? upstream : null,
      client: {
        remoteAddress: this.#received.trustedAddress ?? this.#source,
        connectionAddress: this.#source,
        localAddress: hostOf(instance, this.#port.leadsTo),
      },
      ...{ ownAddress: instance.address, hostname: instance.ref.instance },
      ...{ now: this.#plane.clock.now(), fail: this.#place.exchange.fail },
    }
  }

  #forward(done: Done): void {
    const arrival = {
      plane: this.#plane,
      place: this.#place,
      workload: this.#workload,
      port: this.#port,
      request: this.#request,
      hop: this.#hop,
      log: this.#log,
    }
    const forwarding = new InboundForwarding(arrival, (end) => this.#end(typeof end === 'string' ? this.#reply(end) : this.#pass(end), done))
    this.#forwarding = forwarding
    forwarding.start()
  }

  abandon(): void {
    if (this.#ended) return
    this.#ended = true
    this.#timers.stop()
    this.#admitting?.abandon()
    this.#forwarding?.abandon()
    this.#log.raise('DC')
    this.#log.details = 'downstream_remote_disconnect'
    this.#log.durationMs = this.#plane.clock.now() - this.#log.startMs
  }

  #refuse(refusal: RequestRefusal, done: Done): void {
    const response = answerOf(refusal, this.#request, this.#rewrite(refusal.details, refusal.flag === null ? this.#request : null))
    if (refusal.flag) this.#log.raise(refusal.flag)
    // Envoy finds no route for a request of which it does not know yet how it came. Source: Envoy `VirtualHostImpl::getRouteFromEntries`.
    if (refusal.flag || !this.#sent.headers.has('x-forwarded-proto')) this.#log.route = this.#log.cluster = '-'
    this.#answer(response, refusal.details, done)
  }

  /** @param request `null` where its headers were not read */
  #rewrite(details: string, request: HttpRequest | null = this.#request): Rewrite | undefined {
    return rewriteOf(this.#settings, { request, flags: this.#log.flags, details, subject: (headers, status) => this.#subject(headers, status) })
  }

  /** Without what its route adds. */
  #say(reply: LocalReply, details: string, done: Done): void {
    this.#answer(
      composeLocalReply(reply, this.#request, () => {}, this.#rewrite(details)),
      details,
      done,
    )
  }

  #answer(response: HttpResponse, details: string, done: Done): void {
    noteUnreached(this.#hop)
    this.#log.details = details
    this.#sign(response.headers)
    this.#end(response, done)
  }

  #pass({ status, headers, body, messages, trailers }: HttpResponse): HttpResponse {
    const copy = headers.copy()
    removeHopByHopOfAnswer(copy, status)
    joinRepeated(copy, inlineOfResponse)
    if (this.#settings.envoyHeaders !== false)
      copy.set('x-envoy-upstream-service-time', String(Math.floor(this.#plane.clock.now() - this.#log.startMs)))
    inboundHeadersOf(this.#port).response?.(copy, this.#subject(copy, status))
    this.#sign(copy)
    const answer: HttpResponse = { status, headers: copy, body }
    if (opensWebSocket(this.#request) && isFailedHandshake(status)) {
      this.#log.details = failedHandshake
      return { ...answer, body: '' }
    }
    if (messages) answer.messages = messages
    if (trailers) answer.trailers = trailers
    return answer
  }

  #reply(reset: InboundReset): HttpResponse {
    const { path } = this.#port.leadsTo
    const { flag, details, body } = describeReset(reset, this.#log.attempts > 1, path === undefined ? undefined : noSuchSocket(path))
    this.#log.raise(flag)
    this.#log.details = details
    const edits = inboundHeadersOf(this.#port).response
    const headers = reset === 'overflow' && this.#settings.envoyHeaders !== false ? overloaded : []
    const response = composeLocalReply(
      { status: 503, body, headers },
      this.#request,
      (headers) => edits?.(headers, this.#subject(headers, 503)),
      this.#rewrite(details),
    )
    this.#sign(response.headers)
    return response
  }

  #sign(headers: Headers): void {
    signAnswer(headers, this.#settings, 'istio-envoy')
  }

  #end(response: HttpResponse, done: Done): void {
    this.#ended = true
    this.#timers.stop()
    changeHeaders(response.headers, this.#back)
    if (this.#received.closes && this.#sent.protocol !== 'h2') response.headers.set('connection', 'close')
    this.#log.status = response.status
    this.#log.durationMs = this.#plane.clock.now() - this.#log.startMs
    done(response)
  }
}

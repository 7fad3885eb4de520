import type { StreamDuration } from '../../ir/route.ts'
import type { InboundPort } from '../../ir/inbound-port.ts'
import type { Claims, Headers, HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { Milliseconds } from '../../time/clock.ts'
import type { Admission } from '../filters/admission.ts'
import { hostOf } from '../application.ts'
import { outcomeOf, type Asker } from '../filters/custom-access.ts'
import { LogRecord, type HopRecord, type Place } from '../evidence.ts'
import type { Subject } from '../replies/format/subject.ts'
import { HttpStream } from '../http-stream.ts'
import { accessSubject, tellDenial, tellTokenRefusal } from './inbound-access.ts'
import { InboundApplicant } from './inbound-applicant.ts'
import { removeBlanks } from '../messages/header-mutation.ts'
import type { ToldByRoute } from '../filters/told-by-route.ts'
import { InboundForwarding, noteUnreached, type InboundReset } from './inbound-forwarding.ts'
import { inboundHeadersOf } from './inbound-headers.ts'
import { receiveInbound } from './inbound-request.ts'
import type { Done } from '../outcome.ts'
import { passAnswer } from '../upstream/pass-answer.ts'
import type { Plane, WorkloadRuntime } from '../plane.ts'
import { answersAt } from '../receiver.ts'
import { locationWithTls } from '../routing/redirect.ts'
import { upgradeRefusal, type RequestRefusal } from '../messages/request-refusal.ts'
import { describeReset, overloaded } from '../upstream/reset-reply.ts'
import type { Shipment } from '../shipment.ts'
import { namesShownBy } from '../tls/tls-handshake.ts'
import { noSuchSocket } from '../upstream/transport-failure.ts'
import { asksForTunnel } from '../tcp/tunnel.ts'
import { speak } from '../upstream/upstream-http.ts'
import { wrongHeader, wrongHeaderDetails } from '../messages/wrong-header.ts'

/** As long as its client asks for, and for ever where it does not. Source: Istio `core/httproute.go` buildSidecarInboundHTTPRouteConfig. */
const ofRoute: StreamDuration = { maxMs: 0, askedMaxMs: 0 }

const none: HttpSettings = {}

/** The receiving side of a workload's own sidecar: it ends mutual TLS and says to the workload who has called. */
export class InboundSidecar extends HttpStream<InboundForwarding> {
  readonly #workload: WorkloadRuntime
  readonly #port: InboundPort
  readonly #shipment: Shipment
  /** Address that the connection comes from. */
  readonly #source: string
  readonly #hop: HopRecord
  readonly #applicant: InboundApplicant
  /** By its route, which each port has one of. */
  #isRouted = true
  /** Once they are taken out of the request. */
  #claims: Claims | undefined
  #hasClaims = false
  /** With all of its tokens; rules take them out. */
  #asItCame: HttpRequest | null = null

  constructor(plane: Plane, place: Place, workload: WorkloadRuntime, shipment: Shipment, hop: HopRecord, port: InboundPort, done: Done) {
    const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
    log.localPort = shipment.port
    log.route = 'default'
    log.cluster = port.hasNoCluster ? '-' : port.cluster
    log.upstreamHost = hostOf(workload.instance, port.leadsTo)
    hop.inbound = log
    const { settings = none, pathNormalization: normalization } = port
    const received = receiveInbound(shipment, workload, plane, port)
    const name = `the sidecar of ${workload.name}`
    super({ plane, place, log, sent: shipment.request, received, settings, normalization, name, server: 'istio-envoy' }, done)
    this.#workload = workload
    this.#port = port
    this.#shipment = shipment
    this.#source = shipment.source
    this.#hop = hop
    this.#applicant = new InboundApplicant(workload, shipment, port, this, () => this.#asker())
  }

  protected enter(): void {
    if (this.received.upgrade === 'unknown') return this.reply(upgradeRefusal.reply, upgradeRefusal.details)
    this.watch(null, ofRoute)
    if (this.settings.jwt) this.#asItCame = { ...this.request, headers: this.request.headers.copy() }
    this.admit(this.#applicant, (admission) => this.#decide(admission))
  }

  #decide(admission: Exclude<Admission, { kind: 'stopped' }>): void {
    if (admission.kind === 'out') return this.#keepOut(admission)
    this.#hasClaims = this.request.claims !== undefined
    this.#forgetClaims()
    this.meetFault(this.ofRoute, () => this.visitLast(this.#applicant, () => this.#act()))
  }

  protected get chain(): string {
    return this.#applicant.chain
  }

  protected get ofRoute(): ToldByRoute {
    return this.#applicant.ofRoute
  }

  #act(): void {
    const edits = inboundHeadersOf(this.#port).request
    const isWritten = this.#hasClaims || edits !== null || this.settings.custom !== undefined || this.isRewritten
    if (asksForTunnel(this.request)) return this.#answerUnrouted()
    if (this.#wantsTls) return this.#redirect()
    if (this.#port.hasNoCluster) return this.refuse({ status: 503, body: '' }, 'cluster_not_found', 'NC')
    edits?.(this.request.headers, this.subject(null, 0))
    const wrong = isWritten ? wrongHeader(this.request.headers) : null
    if (wrong !== null && answersAt(this.plane, this.#workload.instance, this.#port.leadsTo))
      return this.refuse({ status: 503, body: wrong }, wrongHeaderDetails(wrong), 'DPE')
    this.#forward()
  }

  /** The workload hears nothing of them. */
  #forgetClaims(): void {
    if (!this.request.claims) return
    this.#claims = this.request.claims
    delete this.request.claims
  }

  get #wantsTls(): boolean {
    return this.#port.requiresTls === true && this.request.headers.get('x-forwarded-proto') !== 'https'
  }

  #redirect(): void {
    this.#leaveRoute()
    this.redirect(301, locationWithTls(this.request))
  }

  #answerUnrouted(): void {
    this.#leaveRoute()
    this.refuse({ status: 404, body: '' }, 'route_not_found', 'NR')
  }

  /** Of the route nothing is known then. */
  #leaveRoute(): void {
    this.#isRouted = false
    this.log.route = this.log.cluster = '-'
  }

  #keepOut({ reply, details, flag, denial }: Extract<Admission, { kind: 'out' }>): void {
    const { custom, jwt } = this.settings
    if (jwt && this.#asItCame && details.startsWith('jwt_authn_access_denied'))
      tellTokenRefusal(this.plane, this.#workload, this.#hop, jwt, { request: this.#asItCame, status: reply.status, details })
    if (denial) tellDenial(this.#workload, this.#hop, denial, this.#asker().subject, custom ? outcomeOf(reply.status, details, custom) : null)
    if (flag !== null) this.log.raise(flag)
    this.#forgetClaims()
    this.reply(reply, details)
  }

  #asker(): Asker {
    const { instance, proxy } = this.#workload
    const clientAddress = this.received.trustedAddress ?? this.#source
    const subject = { ...accessSubject(this.#workload, this.#shipment), request: this.request, clientAddress }
    const filling = (): Subject => this.subject(null, 0)
    return { plane: this.plane, place: this.place, proxy, ref: instance.ref, address: instance.address, subject, filling }
  }

  subject(responseHeaders: Headers | null, answerStatus: number, responseStatus = answerStatus): Subject {
    const { instance } = this.#workload
    const [tls] = this.#shipment.tls
    const upstream = {
      protocol: this.#hop.received?.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1',
      overTls: false,
      hostName: null,
      failure: '',
      hasAnswered: true,
    } as const
    return {
      ...{ request: this.request, claims: this.#claims, state: this.state, responseHeaders, answerStatus, responseStatus, log: this.log },
      clientTls: tls ? { serverName: tls.serverName ?? '', names: namesShownBy(tls) } : null,
      upstream: responseHeaders !== null && this.log.details === 'via_upstream' ? upstream : null,
      client: {
        remoteAddress: this.received.trustedAddress ?? this.#source,
        connectionAddress: this.#source,
        localAddress: hostOf(instance, this.#port.leadsTo),
      },
      ...{ ownAddress: instance.address, hostname: instance.ref.instance },
      ...{ now: this.plane.clock.now(), fail: this.place.exchange.fail },
    }
  }

  #forward(): void {
    const { plane, place, log } = this
    const request = { ...this.request }
    speak(request, this.#port.http)
    if (this.request.protocol === 'h2' && request.protocol !== 'h2') removeBlanks(request.headers)
    this.#hop.received = request
    this.body.take()
    const startMs = plane.clock.now()
    const isHeld = this.#shipment.awaitsHandshake === true
    const arrival = { plane, place, workload: this.#workload, port: this.#port, request, isHeld, hop: this.#hop, log }
    this.router = new InboundForwarding(arrival, (end) => (typeof end === 'string' ? this.#reset(end) : this.#pass(end, startMs)))
    this.router.start()
  }

  /** It is known already, for every request. */
  protected settle(): void {}

  /** What becomes of a request that was on its way to the workload the router knows. */
  protected noteUnreached(): void {
    if (!this.router) noteUnreached(this.#hop)
  }

  protected override refuseRequest(refusal: RequestRefusal): void {
    // Envoy finds no route for a request of which it does not know yet how it came, or without a path. Source: Envoy `VirtualHostImpl::getRouteFromEntries`.
    if (refusal.flag || !this.sent.headers.has('x-forwarded-proto') || !this.request.path.startsWith('/')) this.#leaveRoute()
    super.refuseRequest(refusal)
  }

  protected override breakOff(details: string): void {
    this.#leaveRoute()
    super.breakOff(details)
  }

  protected edit(headers: Headers, status: number, of: number): boolean {
    const mutator = this.#isRouted ? inboundHeadersOf(this.#port).response : null
    mutator?.(headers, this.subject(headers, status, of))
    return mutator !== null
  }

  #pass(outcome: HttpResponse, startMs: Milliseconds): void {
    passAnswer(this, outcome, { startMs, isHttp2: this.#hop.received?.protocol === 'h2', attempts: null, cookies: [] })
  }

  #reset(reset: InboundReset): void {
    const { path } = this.#port.leadsTo
    const { status, flag, details, body } = describeReset(reset, this.log.attempts > 1, path === undefined ? undefined : noSuchSocket(path))
    const headers = reset === 'overflow' && this.settings.envoyHeaders !== false ? overloaded : []
    this.refuse({ status, body, headers }, details, flag)
  }
}

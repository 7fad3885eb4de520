import type { InboundPort } from '../ir/inbound-port.ts'
import type { Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import { inlineOfResponse, joinRepeated } from './inline-headers.ts'
import { receiveRequest, tellCertificate } from './connection-manager.ts'
import type { Shipment } from './delivery.ts'
import { dial, hostOf } from './application.ts'
import { HopRecord, LogRecord } from './evidence.ts'
import type { Place } from './evidence.ts'
import { removeHopByHopOfAnswer } from './hop-by-hop.ts'
import { hashOfIdentity } from './identity-hash.ts'
import { composeLocalReply, lowVersion } from './local-reply.ts'
import { authenticate, type JwtRefusal } from './jwt/jwt-filter.ts'
import type { Done, InFlight, Outcome } from './outcome.ts'
import type { Plane, WorkloadRuntime } from './plane.ts'
import { describeReset } from './reset-reply.ts'
import { backOffMs, compileRetry } from './retry-policy.ts'
import type { RetryConditions } from './retry-policy.ts'
import { failedHandshake, isFailedHandshake, opensWebSocket } from './upgrade.ts'
import { speak } from './upstream-http.ts'

/** The receiving side of a workload's own sidecar: it ends mutual TLS and says to the workload who has called. */
export class InboundSidecar implements InFlight {
  readonly #plane: Plane
  #place: Place
  readonly #workload: WorkloadRuntime
  readonly #port: InboundPort
  readonly #log: LogRecord
  readonly #request: HttpRequest
  #hop: HopRecord
  readonly #settings: HttpSettings
  readonly #isTooOld: boolean
  readonly #retry: RetryConditions | null
  #ended = false

  constructor(plane: Plane, place: Place, workload: WorkloadRuntime, shipment: Shipment, hop: HopRecord, port: InboundPort) {
    const settings = port.settings ?? {}
    this.#settings = settings
    this.#plane = plane
    this.#place = place
    this.#workload = workload
    this.#port = port
    this.#retry = compileRetry(port.retry)
    this.#isTooOld = shipment.request.protocol === 'http/1.0'
    this.#request = receive(shipment, workload, plane, settings)
    speak(this.#request, port.http)
    const log = new LogRecord(workload.name, 'inbound', plane.clock.now())
    log.route = 'default'
    log.cluster = port.cluster
    log.upstreamHost = hostOf(workload.instance, port.leadsTo)
    this.#log = log
    hop.inbound = log
    hop.received = this.#request
    this.#hop = hop
  }

  start(done: Done): void {
    if (this.#isTooOld) return this.#refuseVersion(done)
    const { jwt } = this.#settings
    const refusal = jwt && this.#log.attempts === 0 ? authenticate(this.#request, jwt, this.#plane.date()).refusal : null
    delete this.#request.claims
    if (refusal) return this.#refuseToken(refusal, done)
    this.#log.attempts++
    dial(this.#plane, this.#place, this.#workload, this.#port.leadsTo, this.#request, (outcome) => {
      if (this.#ended) return
      if (this.#isToBeTriedAgain(outcome)) {
        if (this.#log.attempts <= this.#retry!.policy.numRetries) return this.#startAgain(outcome, done)
        this.#log.raise('URX')
      }
      if (typeof outcome !== 'string') return this.#end(this.#pass(outcome), done)
      if (outcome === 'refused') this.#noteUnreached()
      this.#end(this.#reply(outcome === 'refused'), done)
    })
  }

  #isToBeTriedAgain(outcome: Outcome): boolean {
    if (!this.#retry) return false
    if (typeof outcome !== 'string') return this.#retry.retriesAnswer(outcome)
    return this.#retry.retriesReset(outcome === 'refused' ? 'connect-failure' : 'closed')
  }

  abandon(): void {
    if (this.#ended) return
    this.#ended = true
    this.#log.raise('DC')
    this.#log.details = 'downstream_remote_disconnect'
    this.#log.durationMs = this.#plane.clock.now() - this.#log.startMs
  }

  #refuseVersion(done: Done): void {
    this.#noteUnreached()
    this.#log.raise('DPE')
    this.#log.details = 'low_version'
    const response = composeLocalReply(lowVersion, this.#request, () => {})
    this.#sign(response.headers)
    response.headers.set('connection', 'close')
    this.#end(response, done)
  }

  #refuseToken({ reply, details }: NonNullable<JwtRefusal>, done: Done): void {
    this.#noteUnreached()
    this.#log.details = details
    const response = composeLocalReply(reply, this.#request, () => {})
    this.#sign(response.headers)
    this.#end(response, done)
  }

  #startAgain(outcome: Outcome, done: Done): void {
    if (outcome !== 'refused') this.#arriveAgain()
    const pause = backOffMs(this.#retry!.policy, this.#log.attempts, this.#plane.chance.backOff)
    this.#plane.clock.schedule(pause, () => this.#ended || this.start(done), `${this.#log.proxy} tries again`)
  }

  /** What the workload gets once more is an arrival of its own, of which no proxy logs anything. */
  #arriveAgain(): void {
    const { parent, from, service, to, version, app, port, attempt, mirrored } = this.#hop
    const hop = Object.assign(new HopRecord({ parent, from, service, log: null, explain: null }), { to, version, app, port, attempt, mirrored })
    hop.received = this.#request
    this.#hop = hop
    const { exchange } = this.#place
    this.#place = { ...this.#place, parent: exchange.hops.push(hop) - 1 }
  }

  /** The sidecar was there and its workload was not. */
  #noteUnreached(): void {
    this.#hop.received = this.#hop.to = this.#hop.port = null
  }

  #pass({ status, headers, body, messages, trailers }: HttpResponse): HttpResponse {
    const copy = headers.copy()
    removeHopByHopOfAnswer(copy, status)
    joinRepeated(copy, inlineOfResponse)
    if (this.#settings.envoyHeaders !== false)
      copy.set('x-envoy-upstream-service-time', String(Math.floor(this.#plane.clock.now() - this.#log.startMs)))
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

  #reply(refused: boolean): HttpResponse {
    const { flag, details, body } = describeReset(refused ? 'connect-failure' : 'closed', this.#log.attempts > 1)
    this.#log.raise(flag)
    this.#log.details = details
    const response = composeLocalReply({ status: 503, body }, this.#request, () => {})
    this.#sign(response.headers)
    return response
  }

  #sign(headers: Headers): void {
    const { server = 'istio-envoy' } = this.#settings
    if (server !== null) headers.set('server', server)
  }

  #end(response: HttpResponse, done: Done): void {
    this.#ended = true
    this.#log.status = response.status
    this.#log.durationMs = this.#plane.clock.now() - this.#log.startMs
    done(response)
  }
}

/** The request as the sidecar passes it on; what another sidecar has sent needs no more tidying up. */
function receive({ request, tls, port }: Shipment, workload: WorkloadRuntime, plane: Plane, settings: HttpSettings): HttpRequest {
  const identity = tls[0]?.identity
  if (identity === undefined) return receiveRequest(plane, request, null, { normalization: 'BASE', settings, port }).request
  const { subject, uri } = settings.clientCertDetails ?? { subject: true, uri: true }
  const certificate = [
    ...[`By=${workload.identity}`, `Hash=${hashOfIdentity(identity)}`],
    ...(subject ? ['Subject=""'] : []),
    ...(uri ? [`URI=${identity}`] : []),
  ].join(';')
  const { headers } = request
  // A sender that passed bytes on has not said how they came to it.
  if (!headers.has('x-forwarded-proto')) headers.set('x-forwarded-proto', 'https')
  tellCertificate(headers, certificate, { forwardClientCert: 'APPEND_FORWARD', ...settings })
  if (settings.forwardedPort && !headers.has('x-forwarded-port')) headers.set('x-forwarded-port', String(port))
  return request
}

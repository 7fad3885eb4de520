import type { RateLimit, Route, StreamDuration } from '../ir/route.ts'
import type { Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import { admit, visit, type Admission, type Applicant } from './filters/admission.ts'
import { doubtOfVersion } from './doubtful.ts'
import { injectFault } from './filters/fault-filter.ts'
import { faultName } from './filters/filter-names.ts'
import { type Mutator } from './messages/header-mutation.ts'
import { inlineOfResponse, joinRepeated } from './messages/inline-headers.ts'
import type { Stop } from './filters/inserted-filters.ts'
import type { FilterState } from './filters/state-filter.ts'
import { toldTo, type ToldByRoute } from './filters/told-by-route.ts'
import { composeLocalReply, type LocalReply } from './replies/local-reply.ts'
import type { InFlight } from './outcome.ts'
import { limitedHeaders, limitedReply, rateLimited } from './filters/rate-limit.ts'
import { rewriteOf, type Rewrite } from './replies/reply-mapping.ts'
import { answerOf, refusalOf, whyBroken, type RequestRefusal } from './messages/request-refusal.ts'
import type { StreamEnd } from './messages/stream-timers.ts'
import { AnsweredStream } from './answered-stream.ts'

/**
 * One request at one connection manager: refused at once, or judged by filters and then taken on by the router, within its times. What differs between the two sides of a sidecar, and at a gateway, is what they do between. Source: Envoy `ConnectionManagerImpl::ActiveStream`.
 */
export abstract class HttpStream<Router extends InFlight> extends AnsweredStream implements InFlight {
  /** Once it has the request. */
  protected router: Router | null = null
  /** Inserted filters have written headers into the request. */
  isRewritten = false
  state: FilterState | null = null
  /** Its route is to be looked for again. */
  #isAstray = false
  /** Filters that have not decided yet. */
  #admitting: InFlight | null = null

  start(): void {
    const { settings } = this
    const { normalization, name } = this.reading
    const doubt = doubtOfVersion(settings, this.sent, name)
    if (doubt) return this.place.exchange.fail(doubt)
    const broken = whyBroken(this.sent, this.received, settings)
    if (broken !== null) return this.breakOff(broken)
    const refusal = refusalOf(this.sent, this.received, normalization, settings)
    if (refusal) return this.refuseRequest(refusal)
    this.identified = this.request.headers
    this.enter()
  }

  /** The request has been read, and is one. */
  protected abstract enter(): void

  /** What the log tells of where a request would have gone that gets no further. */
  protected abstract settle(): void

  /** The proxy has answered in the workload's stead; with 0 the client has gone before there was an answer. */
  protected abstract noteUnreached(status: number): void

  /** @param route `null`: none was found */
  protected watch(route: Route | null, duration: StreamDuration | undefined): void {
    const watched = { clock: this.plane.clock, settings: this.settings, request: this.request, route, duration, log: this.log }
    this.timers.watch(watched, (end) => this.#giveUp(end))
  }

  #giveUp({ reply, details, flag }: StreamEnd): void {
    this.settle()
    this.#admitting?.abandon()
    this.router?.abandon()
    if (flag !== null) this.log.raise(flag)
    this.reply(reply, details)
  }

  /** @param decide what the filters have said, but for a limit */
  protected admit(applicant: Applicant, decide: (admission: Exclude<Admission, { kind: 'stopped' }>) => void): void {
    this.#admitting = admit(this.plane, applicant, (admission) => {
      if (this.ended) return
      if (admission.kind === 'stopped') return this.stop(admission.stop)
      this.back = admission.back
      if (admission.waited) this.body.take()
      decide(admission)
    })
  }

  /** Right before the router. @param goOn where none of the filters there has answered */
  protected visitLast(applicant: Applicant, goOn: () => void): void {
    visit(this.plane, applicant, 'last', (stop) => (stop ? this.stop(stop) : goOn()))
  }

  /** What istiod's own filter for faults does, where one is merged into it or the route has one. */
  protected meetFault({ fault, levels }: ToldByRoute, goOn: () => void): void {
    const own = toldTo(faultName, levels)?.kind === 'off' ? null : (fault ?? this.settings.fault)
    if (!own) return goOn()
    injectFault(this, own, (ending) => (ending ? this.stop(ending) : goOn()))
  }

  /** Headers that a filter writes into the request. */
  rewrite(mutator: Mutator): void {
    mutator(this.request.headers, this.subject(null, 0))
    this.isRewritten = true
  }

  noteRewritten(mayReroute: boolean): void {
    this.isRewritten = true
    this.#isAstray ||= mayReroute
  }

  /** @returns whether its route is to be looked for again, once */
  protected takeAstray(): boolean {
    const isAstray = this.#isAstray
    this.#isAstray = false
    return isAstray
  }

  protected stop(stop: Stop): void {
    if (!('details' in stop)) return this.#limit(stop)
    this.settle()
    if (stop.flag !== null) this.log.raise(stop.flag)
    this.reply(stop.reply, stop.details)
  }

  #limit(limit: RateLimit): void {
    this.settle()
    this.log.raise('RL')
    this.log.details = rateLimited
    const edit = (headers: Headers) => {
      this.editResponse(headers, limit.status)
      limitedHeaders(limit)?.(headers, this.subject(headers, limit.status))
    }
    this.answer(composeLocalReply(limitedReply(limit), this.sent, edit, this.#rewrite(rateLimited)), rateLimited)
  }

  protected refuseRequest(refusal: RequestRefusal): void {
    const isRead = refusal.flag === null
    const response = answerOf(refusal, this.request, this.#rewrite(refusal.details, isRead ? this.request : null))
    // It has been given none yet.
    if (isRead) this.identified = this.sent.headers
    if (refusal.flag) this.log.raise(refusal.flag)
    this.answer(response, refusal.details)
  }

  /** The stream of HTTP/2 is ended, and nothing answered. Source: Envoy `http2/codec_impl.cc` saveHeader. */
  protected breakOff(details: string): void {
    this.log.raise('DR')
    this.log.details = details
    this.noteUnreached(0)
    this.reset()
  }

  /** Ends the request with an answer of the proxy's own. */
  reply(reply: LocalReply, details: string): void {
    this.log.details = details
    const edit = (headers: Headers) => this.editResponse(headers, reply.status, 0)
    this.answer(composeLocalReply(reply, this.sent, edit, this.#rewrite(details)), details)
  }

  /** With the headers of a workload beside those of the proxy's own answer, which has no body. */
  replyWith(status: number, theirs: Headers, details: string): void {
    const edit = (headers: Headers) => {
      this.editResponse(headers, status, 0)
      for (const [name, value] of theirs.entries()) headers.append(name, value)
      joinRepeated(headers, inlineOfResponse)
    }
    this.log.details = details
    this.answer(composeLocalReply({ status, body: '' }, this.sent, edit, this.#rewrite(details)), details)
  }

  refuse(reply: LocalReply, details: string, flag: string): void {
    this.log.raise(flag)
    this.reply(reply, details)
  }

  protected redirect(status: number, location: string): void {
    this.reply({ status, body: '', headers: ['location', location] }, 'direct_response')
  }

  /** Of the proxy's own. */
  protected answer(response: HttpResponse, details: string): void {
    this.log.details = details
    this.isOwn = true
    this.noteUnreached(response.status)
    this.finish(response)
  }

  /** Its client wants it no more: over HTTP/2 it ends the stream alone. Source: Envoy `ActiveStream::onResetStream`. */
  abandon(): void {
    if (this.ended) return
    this.end()
    this.settle()
    this.log.raise(this.isHttp2 ? 'DR' : 'DC')
    this.log.details = this.isHttp2 ? 'http2.remote_reset' : 'downstream_remote_disconnect'
    this.#admitting?.abandon()
    this.router?.abandon()
    this.noteUnreached(0)
  }

  /** @param request `null` where its headers were not read */
  #rewrite(details: string, request: HttpRequest | null = this.request): Rewrite | undefined {
    const subject = (headers: Headers, status: number) => this.subject(headers, status)
    return rewriteOf(this.settings, { request, flags: this.log.flags, details, subject })
  }
}

import type { FilterPlace } from '../ir/inserted-filter.ts'
import type { HttpSettings, PathNormalization } from '../ir/proxy-config.ts'
import type { Headers, HttpRequest, HttpResponse } from '../ir/message.ts'
import { signAnswer, tellRequestId, type ReceivedRequest } from './connection-manager.ts'
import type { LogRecord, Place } from './evidence.ts'
import { filterAnswer, type Notes } from './filters/answer-filters.ts'
import { changeHeaders, type HeadersBack } from './filters/authorizer-answer.ts'
import { ClientBody } from './filters/client-body.ts'
import type { DynamicMetadata } from './filters/lua/stream-info.ts'
import type { ToldByRoute } from './filters/told-by-route.ts'
import { tellEmptyAnswer } from './messages/body-length.ts'
import { removeBlanks } from './messages/header-mutation.ts'
import { removeOwnOfConnection } from './messages/hop-by-hop.ts'
import { StreamTimers } from './messages/stream-timers.ts'
import type { Done } from './outcome.ts'
import type { Plane } from './plane.ts'
import type { Subject } from './replies/format/subject.ts'

/** A request at the connection manager that has it, and what that knows of it. */
export interface Reading {
  readonly plane: Plane
  readonly place: Place
  readonly log: LogRecord
  /** As it came. */
  readonly sent: HttpRequest
  readonly received: ReceivedRequest
  readonly settings: HttpSettings
  readonly normalization: PathNormalization
  /** Who that is, as doubts name it. */
  readonly name: string
  /** That answers name where nothing else is said; `null`: what a workload says of itself stays. */
  readonly server: string | null
}

/**
 * The end of a request at one connection manager: it is answered once, and the answer passes back through the filters and takes on what the proxy writes into
 * every answer. Source: Envoy `ConnectionManagerImpl::ActiveStream` encodeHeaders.
 */
export abstract class AnsweredStream {
  readonly plane: Plane
  readonly place: Place
  readonly log: LogRecord
  /** As it came: what it is, gRPC or not, is decided before anything is written into it. */
  readonly sent: HttpRequest
  /** As this proxy edits it. */
  readonly request: HttpRequest
  readonly settings: HttpSettings
  readonly body = new ClientBody(this)
  protected readonly received: ReceivedRequest
  /** What filters that let it pass write into its answer. */
  protected back: HeadersBack = []
  /** By which answers tell its id; `null`: they were not read. */
  protected identified: Headers | null = null
  /** It is answered by the proxy itself. */
  protected isOwn = false
  protected readonly timers = new StreamTimers()
  protected readonly reading: Reading
  readonly #done: Done
  #ended = false
  #notes: Notes | null = null
  #metadata: DynamicMetadata | null = null

  constructor(reading: Reading, done: Done) {
    this.reading = reading
    this.plane = reading.plane
    this.place = reading.place
    this.log = reading.log
    this.sent = reading.sent
    this.settings = reading.settings
    this.received = reading.received
    this.request = reading.received.request
    this.#done = done
  }

  /** What its route tells filters. */
  protected abstract get ofRoute(): ToldByRoute

  /** Names its filter chain. */
  protected abstract get chain(): string

  /** @returns whether the route has anything to write into answers */
  protected abstract edit(headers: Headers, status: number, of: number): boolean

  /** Of whom header values may speak. */
  abstract subject(responseHeaders: Headers | null, answerStatus: number, responseStatus?: number): Subject

  get name(): string {
    return this.reading.name
  }

  /** Made where filters were put in: most proxies have none. */
  get notes(): Notes {
    return (this.#notes ??= new Map())
  }

  get metadata(): DynamicMetadata {
    return (this.#metadata ??= new Map())
  }

  abstract noteRewritten(mayReroute: boolean): void

  get ended(): boolean {
    return this.#ended
  }

  /**
   * Header operations of the route on an answer.
   * @param of a workload; 0 for an answer of the proxy's own, of which the log knows no status yet
   */
  editResponse(headers: Headers, status: number, of = status): void {
    if (!this.edit(headers, status, of)) return
    removeOwnOfConnection(headers, status)
    if (!this.isHttp2) removeBlanks(headers)
  }

  /** The answer goes back through the filters, the last one first. */
  finish(response: HttpResponse): void {
    if (this.#ended) return
    this.end()
    const { headers } = response
    this.#passBack(response)
    signAnswer(headers, this.settings, this.reading.server)
    if (this.settings.tellsRequestIds && this.identified) tellRequestId(headers, this.identified)
    // HTTP/2 has other ways to say so.
    if (!this.isHttp2 && (this.received.closes || this.#leavesUnread(response.status) || this.#isLast)) headers.set('connection', 'close')
    if (!this.isHttp2 && response.trailers) delete response.trailers
    this.log.status = response.status
    if (!this.isHttp2) tellEmptyAnswer(response, this.sent)
    this.#done(response)
  }

  /** Filters that were put in see it before those that stand behind them on the way there, and after. */
  #passBack(response: HttpResponse): void {
    const { headers, status } = response
    const { inserted } = this.settings
    if (!inserted) {
      this.passCors(headers)
      return changeHeaders(headers, this.back)
    }
    // Of a request that was refused: no header yet, at Envoy.
    const closing = headers.get('connection')
    const passed = {
      ...{ response, hadBody: response.body !== '', isOwn: this.isOwn, notes: this.notes },
      ...{ subject: () => this.subject(headers, status), owner: this.chain, plane: this.plane, stream: this },
    }
    const isWrittenAt = (place: FilterPlace): boolean => filterAnswer(inserted, place, this.ofRoute, passed)
    const writesLast = isWrittenAt('last')
    this.passCors(headers)
    const writesBetween = (['unspecified', 'stats', 'authz', 'authn'] as const).map(isWrittenAt).includes(true)
    changeHeaders(headers, this.back)
    const writesFirst = isWrittenAt('first')
    if (!writesLast && !writesBetween && !writesFirst) return
    removeOwnOfConnection(headers, status)
    if (closing !== undefined) headers.set('connection', closing)
    if (!this.isHttp2) removeBlanks(headers)
  }

  /** What istiod's own filter for other origins writes into an answer. */
  protected passCors(_headers: Headers): void {}

  /** A client that opens a WebSocket is never done. */
  get isEndless(): boolean {
    return this.received.upgrade === 'websocket'
  }

  /** Is there more of the request than was taken from its connection when the answer comes? */
  #leavesUnread(status: number): boolean {
    if (this.isEndless || this.received.upgrade === 'unknown') return status !== 101
    return this.body.isLeft
  }

  /** Of the first request of a connection: clients differ in how many they send over one. */
  get #isLast(): boolean {
    const { requestsPerConnection, connectionMs = 0 } = this.reading.settings
    return requestsPerConnection === 1 || (connectionMs > 0 && this.log.durationMs >= connectionMs)
  }

  /** Of the client's connection. */
  protected get isHttp2(): boolean {
    return this.sent.protocol === 'h2'
  }

  /** Without an answer. */
  protected reset(): void {
    this.end()
    this.#done('stream-reset')
  }

  protected end(): void {
    this.#ended = true
    this.timers.stop()
    this.log.durationMs = this.plane.clock.now() - this.log.startMs
  }
}

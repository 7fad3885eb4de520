import type { HttpRequest } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import type { ClusterRuntime } from './cluster-runtime.ts'
import { removeBlanks } from '../messages/header-mutation.ts'
import { grpcTimeoutOf } from '../messages/grpc.ts'
import type { ProxiedRequest } from '../proxied-request.ts'
import { nameOfHost, updateHost } from '../routing/host-rewrite.ts'
import { expectedTimeout } from './timeouts.ts'
import type { Timeouts } from './timeouts.ts'
import { speak } from './upstream-http.ts'
import type { Destination } from './upstream.ts'

/** A request as each of its tries sends it: to whom it goes, which try it is and how much time is left differ from one to the next. */
export class TriedRequests {
  readonly #proxied: ProxiedRequest
  readonly #action: ForwardAction
  readonly #cluster: ClusterRuntime
  readonly #timeouts: Timeouts
  readonly #startMs: number
  /** Of whom the last try goes to, where that becomes the host. */
  #hostName = ''

  constructor(proxied: ProxiedRequest, action: ForwardAction, cluster: ClusterRuntime, timeouts: Timeouts) {
    this.#proxied = proxied
    this.#action = action
    this.#cluster = cluster
    this.#timeouts = timeouts
    this.#startMs = proxied.plane.clock.now()
  }

  /**
   * A host that a try goes by is written when it has a connection, and stays for the next. Source: Envoy `UpstreamRequest::onPoolReady`.
   * @param hasReached whether the try before had one
   */
  next(attempt: number, destination: Destination, hasReached: boolean): HttpRequest {
    const { request, entrance } = this.#proxied
    const { hostRewrite } = this.#action
    if (hasReached) this.#nameHost(request)
    const copy = this.#copy(attempt)
    const isNamed = typeof hostRewrite === 'object' && hostRewrite?.kind === 'endpoint'
    this.#hostName = isNamed ? nameOfHost(this.#cluster.config, destination, request, entrance.target) : ''
    this.#nameHost(copy)
    return copy
  }

  #nameHost(request: HttpRequest): void {
    if (this.#hostName !== '') updateHost(request, this.#hostName, this.#proxied.tellsItself, this.#action.tellsForwardedHost === true)
  }

  #copy(attempt: number): HttpRequest {
    const { method, scheme, authority, path, headers, body, protocol, messages, withoutHost } = this.#proxied.request
    const copy: HttpRequest = { method, scheme, authority, path, headers: headers.copy(), body }
    if (protocol) copy.protocol = protocol
    if (withoutHost) copy.withoutHost = withoutHost
    if (messages) copy.messages = messages
    speak(copy, this.#cluster.config.http)
    if (this.#proxied.isEdited && copy.protocol !== 'h2') removeBlanks(copy.headers)
    if (attempt === 1) return copy
    if (this.#proxied.countsAttempts) copy.headers.set('x-envoy-attempt-count', String(attempt))
    this.tellTimeout(copy.headers)
    return copy
  }

  tellTimeout(headers: HttpRequest['headers']): void {
    const expected = expectedTimeout(this.#timeouts, this.#proxied.plane.clock.now() - this.#startMs)
    if (expected === 0) return
    if (this.#proxied.tellsItself) headers.set('x-envoy-expected-rq-timeout-ms', String(expected))
    if (this.#proxied.isCall && !this.#action.duration) headers.set('grpc-timeout', grpcTimeoutOf(expected))
  }
}

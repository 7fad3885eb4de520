import type { HttpRequest, HttpResponse } from './message.ts'

/** What a service's program may use. In `core` time is virtual and `call` leads through the simulated sidecar; on a real port both are real. */
export interface ServiceContext {
  /** ms; not the wall clock's on `core`. */
  now(): number
  sleep(ms: number): Promise<void>
  /** In [0, 1). */
  random(): number
  readonly pod: PodInfo
  /**
   * Sends a request from this workload. `timeoutMs` bounds each socket operation (connect, and the wait for the answer).
   * @throws CallError
   */
  call(request: HttpRequest, options: { readonly timeoutMs: number }): Promise<HttpResponse>
}

export interface PodInfo {
  /** HOSTNAME of the pod. */
  readonly name: string
  readonly namespace: string
  readonly app: string
  readonly version: string
  readonly env: Readonly<Record<string, string>>
}

export type CallFailure = 'timeout' | 'refused' | 'closed' | 'reset' | 'unresolved'

export class CallError extends Error {
  override readonly name = 'CallError'
  readonly reason: CallFailure
  constructor(reason: CallFailure) {
    super(reason)
    this.reason = reason
  }
}

/**
 * A service: answers one request. May answer at once (no promise), which the simulated data plane takes as the fast path.
 * @throws CallError when the client is to get no answer: `closed` closes the connection, `reset` the stream of HTTP/2 alone (of HTTP/1.1 the connection), `refused` is a port that nobody listens on
 */
export interface Program {
  (request: HttpRequest, context: ServiceContext): HttpResponse | Promise<HttpResponse>
  /** `false`: nobody ever listens on its ports, so that on real ones there is nothing to connect to. Default: true. */
  readonly listens?: boolean
}

import type { HttpResponse } from '../../ir/message.ts'
import type { Milliseconds } from '../../time/clock.ts'
import { keepCompressed } from '../filters/compressed-bodies.ts'
import { removeHopByHopOfAnswer } from '../messages/hop-by-hop.ts'
import type { HttpStream } from '../http-stream.ts'
import { inlineOfResponse, joinRepeated } from '../messages/inline-headers.ts'
import { mayHaveBody } from '../replies/local-reply.ts'
import type { InFlight } from '../outcome.ts'
import { failedHandshake, isFailedHandshake, opensWebSocket } from '../messages/upgrade.ts'

/** Where an answer comes from. */
export interface Upstream {
  /** When the router began with the request. */
  readonly startMs: Milliseconds
  readonly isHttp2: boolean
  /** Of which the client is told; `null`: it is not. */
  readonly attempts: number | null
  /** That the router gives the client. */
  readonly cookies: readonly string[]
}

/** An answer of those that a request was sent on to goes back to its client. Source: Envoy `Router::Filter::onUpstreamHeaders`. */
export function passAnswer(stream: HttpStream<InFlight>, outcome: HttpResponse, { startMs, isHttp2, attempts, cookies }: Upstream): void {
  const { plane, request, settings } = stream
  const { status, messages, trailers } = outcome
  const headers = outcome.headers.copy()
  removeHopByHopOfAnswer(headers, status)
  if (isFailedHandshake(status) && opensWebSocket(request)) return stream.replyWith(status, headers, failedHandshake)
  joinRepeated(headers, inlineOfResponse)
  if (settings.envoyHeaders !== false) headers.set('x-envoy-upstream-service-time', String(Math.floor(plane.clock.now() - startMs)))
  if (attempts !== null) headers.set('x-envoy-attempt-count', String(attempts))
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  stream.editResponse(headers, status)
  const answer: HttpResponse = { status, headers, body: mayHaveBody(status, request.method) ? outcome.body : '' }
  keepCompressed(outcome, answer)
  if (messages) answer.messages = messages
  // Of HTTP/1.1 Envoy passes none on.
  if (trailers && isHttp2) answer.trailers = trailers
  stream.finish(answer)
}

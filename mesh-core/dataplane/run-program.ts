import { CallError } from '../ir/program.ts'
import { Headers, joinCookies } from '../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'
import type { ExchangeRecord, Place } from './evidence.ts'
import { tellAnswerLength } from './messages/body-length.ts'
import type { Done, Outcome } from './outcome.ts'
import type { Peer, Plane } from './plane.ts'
import { WorkloadContext } from './workload-context.ts'

/** Has a peer's program answer. `done` is called before this returns when the program answers at once. */
export function runProgram(plane: Plane, place: Place, peer: Peer, request: HttpRequest, done: Done): void {
  const { exchange } = place
  if (request.protocol === 'h2') joinCookies(request.headers)
  let answer: HttpResponse | Promise<HttpResponse>
  try {
    answer = peer.program(request, new WorkloadContext(plane, place, peer))
  } catch (error) {
    return endWith(error, request, exchange, done)
  }
  const end: Done = (outcome) => {
    if (!isInformational(outcome)) done(sent(outcome, request))
    else if (passedOn.has(outcome.status)) tellInformed(plane, place, outcome.status)
  }
  if (!(answer instanceof Promise)) return end(conversed(answer, request))
  answer
    .then(
      (later) => end(conversed(later, request)),
      (error: unknown) => endWith(error, request, exchange, done),
    )
    .catch(exchange.fail)
}

/** Who says that has not answered yet. Source: RFC 9110, 15.2. */
function isInformational(outcome: Outcome): outcome is HttpResponse {
  return typeof outcome !== 'string' && outcome.status >= 100 && outcome.status < 200 && outcome.status !== 101
}

/** Others are dropped. Source: Envoy `HeaderUtility::isSpecial1xx`. */
const passedOn: ReadonlySet<number> = new Set([100, 102, 103, 104])

/** Of every proxy on the way back to who has called. */
function tellInformed({ model }: Plane, { exchange: { hops }, parent }: Place, status: number): void {
  for (let i = parent; i >= 0; i = hops[i]!.parent) {
    const { to } = hops[i]!
    if (i !== parent && !(to && model.registry.workload(to)?.gateway)) return
    hops[i]!.inform(status)
  }
}

/** Once a WebSocket is open, both ends say what they have to say. */
function conversed(answer: HttpResponse, { messages }: HttpRequest): HttpResponse {
  const { status, headers, body, converse } = answer
  return converse ? { status, headers, body, messages: converse(messages ?? []) } : answer
}

/** As it stands on the wire. */
function sent(outcome: Outcome, request: HttpRequest): Outcome {
  if (request.protocol === 'tcp') return asBytes(outcome)
  if (typeof outcome !== 'string') tellAnswerLength(outcome, request)
  return outcome
}

/** A program that has answered as if it were HTTP does not understand bytes that are none, as every server of HTTP. */
function asBytes(outcome: Outcome): Outcome {
  if (typeof outcome === 'string' || outcome.status === 0) return outcome
  return { status: 0, headers: new Headers(), body: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n' }
}

/** A program says by a `CallError` that it gives no answer; any other error is a mistake in the program. */
function endWith(error: unknown, { protocol }: HttpRequest, exchange: ExchangeRecord, done: Done): void {
  if (!(error instanceof CallError)) return exchange.fail(error)
  if (error.reason === 'reset' && protocol === 'h2') return done('stream-reset')
  done(error.reason === 'refused' ? 'refused' : 'closed')
}

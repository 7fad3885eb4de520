import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { StreamMessage } from '../../mesh-core/ir/message.ts'
import { grpcStatuses } from '../sentences/grpc-status.ts'
import type { GrpcStatus } from '../sentences/grpc-status.ts'
import { each } from './check.ts'
import type { Check } from './check.ts'
import { explain, withReasons } from './evidence.ts'
import { answerOf } from './reach.ts'
import { assertNotRaced } from './raced-deadline.ts'

/**
 * @param wanted any of these
 * @throws Undecided where a live mesh may give another one as well, and that was not asked for
 */
export function grpcStatusIs(...wanted: readonly GrpcStatus[]): Check {
  return each((exchange, context) => {
    const seen = grpcStatusOf(exchange)
    if (seen === null) return 'the request was no gRPC call.'
    assertNotRaced(exchange, { status: seen, message: messageOf(exchange) }, { statuses: wanted }, context.clock)
    if (wanted.includes(seen)) return undefined
    return withReasons(`the gRPC status was ${seen}${saying(exchange)}: ${answerOf(exchange)}.`, explain(exchange, null, context))
  })
}

/** @throws Undecided as `grpcStatusIs` */
export function grpcMessageIs(wanted: string): Check {
  return each((exchange, { clock }) => {
    const status = grpcStatusOf(exchange)
    if (status === null) return 'the request was no gRPC call.'
    const seen = messageOf(exchange)
    assertNotRaced(exchange, { status, message: seen }, { message: wanted }, clock)
    return seen === wanted
      ? undefined
      : `the gRPC message was ${seen === undefined ? 'left out' : JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}.`
  })
}

/** All that came back over a WebSocket or a gRPC call, in order. */
export function streamAnswers(wanted: readonly string[]): Check {
  return each((exchange, context) => {
    const seen = exchange.response?.messages
    if (seen === undefined) return withReasons(`there was no stream: ${answerOf(exchange)}.`, explain(exchange, null, context))
    const texts = seen.map(shown)
    if (texts.length === wanted.length && texts.every((text, i) => text === wanted[i])) return undefined
    return `the stream answered ${texts.length === 0 ? 'nothing' : texts.map((text) => JSON.stringify(text)).join(', ')}.`
  })
}

function shown(message: StreamMessage): string {
  return typeof message === 'string' ? message : Buffer.from(message).toString('hex')
}

function saying(exchange: Exchange): string {
  const message = messageOf(exchange)
  return message === undefined ? '' : ` (${JSON.stringify(message)})`
}

function messageOf(exchange: Exchange): string | undefined {
  const message = grpcField(exchange, 'grpc-message')
  return message && decoded(message)
}

/** As a client of gRPC has it; `null` for other requests. Source: gRPC over HTTP/2, Responses; `doc/http-grpc-status-mapping.md`. */
function grpcStatusOf(exchange: Exchange): GrpcStatus | null {
  const { request, response, error } = exchange
  if (!request.headers.get('content-type')?.startsWith('application/grpc')) return null
  if (response === null) return error === 'timeout' ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE'
  const told = grpcField(exchange, 'grpc-status')
  return told === undefined ? (ofHttp[response.status] ?? 'UNKNOWN') : (grpcStatuses[Number(told)] ?? 'UNKNOWN')
}

const ofHttp: Readonly<Record<number, GrpcStatus>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

/** In trailers, or in the headers of an answer that has nothing else. */
function grpcField({ response }: Exchange, name: string): string | undefined {
  return response?.trailers?.get(name) ?? response?.headers.get(name)
}

/** A message that is encoded wrongly is shown as it came. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

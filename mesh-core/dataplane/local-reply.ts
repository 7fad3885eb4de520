import { Headers } from '../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../ir/message.ts'

export interface LocalReply {
  readonly status: number
  readonly body: string
  /** Defaults to what Envoy makes of the HTTP status. */
  readonly grpcStatus?: number
  /** Writes headers before Envoy adds its own: a location, a retry hint. */
  readonly headers?: readonly string[]
}

/** An answer that a proxy makes itself. `edit` applies the route's response header operations. Source: Envoy `Http::Utility::sendLocalReply`. */
export function composeLocalReply(reply: LocalReply, request: HttpRequest, edit: (headers: Headers) => void): HttpResponse {
  const headers = new Headers(reply.headers ? [...reply.headers] : [])
  edit(headers)
  if (isGrpc(request)) return composeGrpcReply(reply, headers)
  if (reply.body !== '' && !headers.has('content-type')) headers.append('content-type', 'text/plain')
  return { status: reply.status, headers, body: mayHaveBody(reply.status, request.method) ? reply.body : '' }
}

export function isGrpc(request: HttpRequest): boolean {
  const type = request.headers.get('content-type')
  return type !== undefined && type.startsWith('application/grpc') && (type.length === 16 || type[16] === '+' || type[16] === ';')
}

export function mayHaveBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** gRPC tells its failures in headers of an answer that HTTP takes for good. */
function composeGrpcReply(reply: LocalReply, headers: Headers): HttpResponse {
  headers.set('content-type', 'application/grpc')
  headers.set('grpc-status', String(reply.grpcStatus ?? grpcStatusOf(reply.status)))
  if (reply.body !== '') headers.set('grpc-message', encodeMessage(reply.body))
  return { status: 200, headers, body: '' }
}

/** Source: Envoy `Grpc::Utility::httpToGrpcStatus`. */
function grpcStatusOf(status: number): number {
  const known: Readonly<Record<number, number>> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 }
  return known[status] ?? 2
}

/** Percent-encodes what a gRPC message may not hold (gRPC over HTTP/2, Responses). */
function encodeMessage(text: string): string {
  return text.replace(/[^ -$&-~]/gu, (character) => encodeURIComponent(character))
}

/** The answer of Envoy's parser to bytes that are no HTTP, as who speaks none sees it. */
export function badRequest(): HttpResponse {
  const head = 'HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\nconnection: close'
  return { status: 0, headers: new Headers(), body: `${head}\r\n\r\nBad Request` }
}

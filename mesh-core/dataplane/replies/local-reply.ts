import { encodeGrpcMessage, grpcStatusOf, isGrpc } from '../messages/grpc.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { Rewrite } from './reply-mapping.ts'

export interface LocalReply {
  readonly status: number
  readonly body: string
  /** Defaults to what Envoy makes of the HTTP status. */
  readonly grpcStatus?: number
  /** Writes headers before Envoy adds its own: a location, a retry hint. */
  readonly headers?: readonly string[]
}

/** To clients of HTTP/1.0, which istiod does not have Envoy accept. Seen with Envoy 1.40.0: `low_version`. */
export const lowVersion: LocalReply = { status: 426, body: 'Upgrade Required' }

/** Source: Envoy `RoleBasedAccessControlFilter`. */
export const accessDenied: LocalReply = { status: 403, body: 'RBAC: access denied' }

/** An answer that a proxy makes itself. `edit` applies the route's response header operations. `rewrite` is what the proxy makes of all such. Source: Envoy `Http::Utility::prepareLocalReply`. */
export function composeLocalReply(reply: LocalReply, request: HttpRequest, edit: (headers: Headers) => void, rewrite?: Rewrite): HttpResponse {
  const headers = new Headers(reply.headers ? [...reply.headers] : [])
  edit(headers)
  if (!rewrite) return composed(reply, request, headers)
  const type = headers.get('content-type')
  const { status, body, contentType } = rewrite(reply.status, reply.body, headers)
  if (isGrpc(request))
    return composeGrpcReply({ ...reply, status, body: contentType === 'application/json' ? body.replace(/\n$/, '') : body }, headers)
  if (body !== reply.body && headers.get('content-type') === type) headers.set('content-type', contentType)
  return composed({ status, body }, request, headers)
}

function composed(reply: LocalReply, request: HttpRequest, headers: Headers): HttpResponse {
  if (isGrpc(request)) return composeGrpcReply(reply, headers)
  // What routes say of a body that is not there, or of its length, does not stay.
  if (reply.body === '') {
    headers.remove('content-length')
    headers.remove('content-type')
  } else {
    headers.set('content-length', String(Buffer.byteLength(reply.body)))
    if (!headers.has('content-type')) headers.append('content-type', 'text/plain')
  }
  return { status: reply.status, headers, body: mayHaveBody(reply.status, request.method) ? reply.body : '' }
}

export function mayHaveBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** gRPC tells its failures in headers of an answer that HTTP takes for good. */
function composeGrpcReply(reply: LocalReply, headers: Headers): HttpResponse {
  headers.set('content-type', 'application/grpc')
  headers.set('grpc-status', String(reply.grpcStatus ?? grpcStatusOf(reply.status)))
  if (reply.body !== '') headers.set('grpc-message', encodeGrpcMessage(reply.body))
  return { status: 200, headers, body: '' }
}

/** The answer of Envoy's parser to bytes that are no HTTP, as who speaks none sees it. */
export function badRequest(): HttpResponse {
  const head = 'HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\nconnection: close'
  return { status: 0, headers: new Headers(), body: `${head}\r\n\r\nBad Request` }
}

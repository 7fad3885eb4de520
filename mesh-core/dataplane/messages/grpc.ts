import type { Headers, HttpRequest } from '../../ir/message.ts'

export function isGrpc({ headers }: HttpRequest): boolean {
  return isGrpcType(headers.get('content-type') ?? '')
}

/** Source: Envoy `Grpc::Common::hasGrpcContentType`. */
export function isGrpcType(type: string): boolean {
  return type.startsWith('application/grpc') && (type.length === 16 || type[16] === '+')
}

/** Source: Envoy `Grpc::Utility::httpToGrpcStatus`. */
export function grpcStatusOf(httpStatus: number): number {
  const known: Readonly<Record<number, number>> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 }
  return known[httpStatus] ?? 2
}

/** Percent-encodes what a message may not hold. Source: gRPC over HTTP/2, Responses. */
export function encodeGrpcMessage(text: string): string {
  return text.replace(/[^ -$&-~]/gu, (character) => encodeURIComponent(character))
}

/** By the numbers of gRPC's statuses. Source: Envoy `Grpc::Utility::grpcToHttpStatus`. */
const httpStatuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]

/**
 * The status by which an endpoint is judged: what stands in the headers counts, not what comes in trailers. Source: Envoy `Router::Filter::onUpstreamHeaders`.
 */
export function judgedStatus(
  isCall: boolean,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): number | { readonly ofGrpc: number } {
  if (!isCall) return status
  const own = headers.get('grpc-status')
  return { ofGrpc: own === undefined ? status : (httpStatuses[Number(own)] ?? 500) }
}

const longest = 99_999_999
const units = ['m', 'S', 'M', 'H'] as const

/** `250m` is 250 ms: how a workload is told by when to answer. Source: Envoy `Grpc::Common::toGrpcTimeout`. */
export function grpcTimeoutOf(ms: number): string {
  let [amount, unit] = [ms, 0]
  while (amount > longest && unit < units.length - 1) {
    amount = Math.floor(amount / (unit === 0 ? 1000 : 60))
    unit++
  }
  return `${Math.min(amount, longest)}${units[unit]}`
}

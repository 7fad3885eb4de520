import type { HttpRequest } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import { isGrpc } from '../messages/grpc.ts'

/** In ms; 0 for none. */
export interface Timeouts {
  /** For all tries together. */
  readonly total: number
  readonly perTry: number
}

/**
 * A header that a filter has written says it otherwise, and goes no further.
 * @param isWritten a filter in front of the router may have: of a client's own such headers none is left
 * Source: Envoy `FilterUtility::finalTimeout`.
 */
export function timeoutsOf(action: ForwardAction, request: HttpRequest, isWritten = false): Timeouts {
  const take = (name: string): number | null => (isWritten ? taken(request, name) : null)
  if (action.duration) return withPerTry(take('x-envoy-upstream-rq-timeout-ms') ?? 0, take, action)
  const configured = action.timeoutMs ?? 0
  const total = take('x-envoy-upstream-rq-timeout-ms') ?? (isGrpc(request) ? grpcTimeout(request, configured) : configured)
  return withPerTry(total, take, action)
}

function withPerTry(total: number, take: (name: string) => number | null, { retry }: ForwardAction): Timeouts {
  const perTry = take('x-envoy-upstream-rq-per-try-timeout-ms') ?? retry?.perTryTimeoutMs ?? 0
  return { total, perTry: total > 0 && perTry >= total ? 0 : perTry }
}

function taken({ headers }: HttpRequest, name: string): number | null {
  const text = headers.get(name)
  headers.remove(name)
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}

/** What `x-envoy-expected-rq-timeout-ms` tells the workload when `elapsed` ms are gone; 0 when it tells nothing. */
export function expectedTimeout({ total, perTry }: Timeouts, elapsed: number): number {
  const expected = perTry === 0 ? total : perTry
  if (expected === 0 || total === 0) return expected
  return elapsed >= total ? 1 : Math.min(expected, total - Math.floor(elapsed))
}

/** istiod has Envoy honour `grpc-timeout`, up to the route's own timeout where there is one (`max_grpc_timeout`). */
function grpcTimeout(request: HttpRequest, limit: number): number {
  const asked = askedGrpcTimeout(request) ?? 0
  return limit !== 0 && (asked === 0 || asked > limit) ? limit : asked
}

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** `100m` is 100 ms; less than one ms counts as one. Source: gRPC over HTTP/2, Timeout; Envoy `Grpc::Common::getGrpcTimeout`. */
export function askedGrpcTimeout({ headers }: HttpRequest): number | null {
  const found = /^(\d{1,8})([HMSmun])$/.exec(headers.get('grpc-timeout') ?? '')
  return found ? Math.ceil(Number(found[1]) * unitMs[found[2]!]!) : null
}

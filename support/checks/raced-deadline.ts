import type { Exchange, Hop } from '../../mesh-core/ir/exchange.ts'
import type { GrpcStatus } from '../sentences/grpc-status.ts'
import { Undecided } from '../verdicts/failure.ts'

/** Of which a receiver's proxy and the one before it have one each. */
const deadlines: readonly GrpcStatus[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED']

/** What a proxy says of a call whose time is up: as the one that waits for an answer, and as the one that was told how long that will. */
const words: Partial<Record<GrpcStatus, string>> = { UNAVAILABLE: 'upstream request timeout', DEADLINE_EXCEEDED: 'downstream duration timeout' }

interface Ended {
  readonly status: GrpcStatus
  readonly message: string | undefined
}

/**
 * On a virtual clock the proxy that has seen the call first ends it, each time: what was asked for and seen there is so.
 * @throws Undecided where a live mesh may end the call with the one or the other of two statuses, and one of them was asked for
 */
export function assertNotRaced(
  exchange: Exchange,
  ended: Ended,
  wanted: { readonly statuses?: readonly GrpcStatus[]; readonly message?: string },
  clock: 'virtual' | 'wall',
): void {
  const asked = deadlines.filter((status) => wanted.statuses?.includes(status) ?? wanted.message === words[status])
  if (clock === 'virtual' && asked.includes(ended.status)) return
  const raced = asked.length === 1 ? racedDeadline(exchange, ended) : null
  if (raced !== null) throw new Undecided(`the gRPC status was ${ended.status}, but ${raced}. The gRPC status is UNAVAILABLE or DEADLINE_EXCEEDED`)
}

/**
 * A proxy that waits for an answer tells the receiver's by `grpc-timeout` for how long, and both count from when they see the call, less than a millisecond
 * apart: either may be the first to end it, and each has a status of its own. Source: Envoy `Router::Filter::onResponseTimeout`,
 * `ConnectionManagerImpl::ActiveStream::onStreamMaxDurationReached`; istiod sets `grpc_timeout_header_max` of inbound routes.
 * @returns which statuses a live mesh may give, in words; `null` where only one of the two counts
 */
function racedDeadline(exchange: Exchange, { status, message }: Ended): string | null {
  if (message === undefined || message !== words[status]) return null
  const isByReceiver = status === 'DEADLINE_EXCEEDED'
  const raced = exchange.hops.some((hop) => hop.parent === -1 && (isByReceiver ? isToldByProxy(exchange, hop) : isTold(hop) && hasProxy(hop)))
  if (!raced) return null
  return (
    'a proxy and the one of the receiver, which it tells its timeout, count the same time, and whichever is first ends the call: ' +
    Object.entries(words)
      .map(([name, said]) => `${name} (${JSON.stringify(said)})`)
      .join(' or ')
  )
}

function isTold({ received }: Hop): boolean {
  return received?.headers.has('grpc-timeout') ?? false
}

/** What a client gives comes without a proxy as well, which alone could give the other status. Nor has the proxy itself ended it that tells. */
function isToldByProxy({ request }: Exchange, hop: Hop): boolean {
  const isSentByProxy = !request.headers.has('grpc-timeout') || hop.log !== null || isCertified(hop)
  return isTold(hop) && isSentByProxy && hop.log?.details !== 'max_duration_timeout'
}

/** As its entry tells, or what only a sidecar writes where a target has no entries. */
function hasProxy(hop: Hop): boolean {
  return hop.inbound !== null || isCertified(hop)
}

/** From proxy to proxy. */
function isCertified({ received }: Hop): boolean {
  return received?.headers.has('x-forwarded-client-cert') ?? false
}

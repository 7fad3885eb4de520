import type { HttpRequest } from '../ir/message.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import type { StreamDuration } from '../ir/route.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { grpcTimeoutOf, isGrpc } from './grpc.ts'
import type { StreamEnd } from './stream-timers.ts'
import { askedGrpcTimeout } from './timeouts.ts'

const deadlineExceeded = 4

/** How a request ends that takes too long. Source: Envoy `ConnectionManagerImpl::ActiveStream::onStreamMaxDurationReached`. */
const durationEnd: StreamEnd = {
  reply: { status: 504, body: 'downstream duration timeout', grpcStatus: deadlineExceeded },
  details: 'max_duration_timeout',
  flag: null,
}

/**
 * How long a request may take, from its beginning; `null` for ever.
 * Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshDurationTimeout`.
 */
function limitOf(request: HttpRequest, ofRoute: StreamDuration | undefined, { maxDurationMs = 0 }: HttpSettings): number | null {
  const asked = askedGrpcTimeout(request)
  if (asked === null || ofRoute?.askedMaxMs === undefined) return (ofRoute?.maxMs ?? maxDurationMs) || null
  const capped = ofRoute.askedMaxMs > 0 ? Math.min(asked, ofRoute.askedMaxMs) : asked
  return Math.max(0, capped - (ofRoute.askedOffsetMs ?? 0))
}

/**
 * Gives a request up that takes too long. Whom it is for is told of a limit of its route.
 * @param startMs when it began
 * @param proxy as the journal names it
 * @returns `null`: it has any time
 */
export function watchDuration(
  clock: Clock,
  request: HttpRequest,
  ofRoute: StreamDuration | undefined,
  settings: HttpSettings,
  { startMs, proxy }: { readonly startMs: number; readonly proxy: string },
  giveUp: (end: StreamEnd) => void,
): Timer | null {
  const limit = limitOf(request, ofRoute, settings)
  if (ofRoute && isGrpc(request)) {
    if (limit !== null) request.headers.set('grpc-timeout', grpcTimeoutOf(limit))
    else if (settings.maxDurationMs) request.headers.remove('grpc-timeout')
  }
  if (limit === null) return null
  return clock.deadline(Math.max(0, startMs + limit - clock.now()), () => giveUp(durationEnd), `stream duration at ${proxy}`)
}

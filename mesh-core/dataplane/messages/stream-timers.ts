import type { HttpRequest } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import type { Route, StreamDuration } from '../../ir/route.ts'
import type { Clock, Timer } from '../../time/clock.ts'
import { grpcTimeoutOf, isGrpc } from './grpc.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import { askedGrpcTimeout } from '../upstream/timeouts.ts'

/** How a request ends that is given up. */
export interface StreamEnd {
  readonly reply: LocalReply
  /** Envoy's response code details. */
  readonly details: string
  readonly flag: 'SI' | null
}

/** Nothing was seen of it for too long: it has come whole. Source: Envoy `ConnectionManagerImpl::ActiveStream::onIdleTimeout`. */
const idleEnd: StreamEnd = { reply: { status: 504, body: 'stream timeout' }, details: 'stream_idle_timeout', flag: 'SI' }

const deadlineExceeded = 4

/** It takes too long. Source: Envoy `ConnectionManagerImpl::ActiveStream::onStreamMaxDurationReached`. */
const durationEnd: StreamEnd = {
  reply: { status: 504, body: 'downstream duration timeout', grpcStatus: deadlineExceeded },
  details: 'max_duration_timeout',
  flag: null,
}

interface Watched {
  readonly clock: Clock
  readonly settings: HttpSettings
  readonly request: HttpRequest
  /** `null`: none was found. */
  readonly route: Route | null
  readonly duration: StreamDuration | undefined
  /** When the request began, in ms of the clock, and the proxy's name for the journal. */
  readonly log: { readonly startMs: number; readonly proxy: string }
}

/** The times that a stream may take: until something is seen of it again, and as a whole. */
export class StreamTimers {
  #running: readonly (Timer | null)[] = []

  /** From now on; what was said before of the stream's route holds no more. */
  watch(watched: Watched, giveUp: (end: StreamEnd) => void): void {
    this.stop()
    this.#running = [watchIdle(watched, () => giveUp(idleEnd)), watchDuration(watched, () => giveUp(durationEnd))]
  }

  stop(): void {
    for (const timer of this.#running) timer?.cancel()
  }
}

/**
 * No more comes from its client than what came at once. What its route says goes before what the proxy does.
 * @returns `null`: it has any time. Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshIdleTimeout`.
 */
function watchIdle({ clock, settings: { streamIdleMs = 0 }, route, log }: Watched, giveUp: () => void): Timer | null {
  const ms = (route?.action.kind === 'forward' ? route.action.idleMs : undefined) ?? streamIdleMs
  return ms > 0 ? clock.deadline(ms, giveUp, `stream idle timeout at ${log.proxy}`) : null
}

/** Whom the request is for is told of a limit of its route. @returns `null`: it has any time */
function watchDuration(watched: Watched, giveUp: () => void): Timer | null {
  const { clock, settings, request, duration, log } = watched
  const limit = limitOf(watched)
  if (duration && isGrpc(request)) {
    if (limit !== null) request.headers.set('grpc-timeout', grpcTimeoutOf(limit))
    else if (settings.maxDurationMs) request.headers.remove('grpc-timeout')
  }
  if (limit === null) return null
  return clock.deadline(Math.max(0, log.startMs + limit - clock.now()), giveUp, `stream duration at ${log.proxy}`)
}

/** In ms from the beginning of the request; `null` for ever. Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshDurationTimeout`. */
function limitOf({ request, duration, settings: { maxDurationMs = 0 } }: Watched): number | null {
  const asked = askedGrpcTimeout(request)
  if (asked === null || duration?.askedMaxMs === undefined) return (duration?.maxMs ?? maxDurationMs) || null
  const capped = duration.askedMaxMs > 0 ? Math.min(asked, duration.askedMaxMs) : asked
  return Math.max(0, capped - (duration.askedOffsetMs ?? 0))
}

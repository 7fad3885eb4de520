import type { HttpRequest } from '../ir/message.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import type { Route, StreamDuration } from '../ir/route.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { LocalReply } from './local-reply.ts'
import { watchDuration } from './stream-duration.ts'
import { watchIdle } from './stream-idle.ts'

/** How a request ends that is given up. */
export interface StreamEnd {
  readonly reply: LocalReply
  /** Envoy's response code details. */
  readonly details: string
  readonly flag: 'SI' | null
}

export interface Watched {
  readonly clock: Clock
  readonly settings: HttpSettings
  readonly request: HttpRequest
  /** `null`: none was found. */
  readonly route: Route | null
  readonly duration: StreamDuration | undefined
  /** When the request began, and the proxy's name for the journal. */
  readonly log: { readonly startMs: number; readonly proxy: string }
}

/** The times that a stream may take: until something is seen of it again, and as a whole. */
export class StreamTimers {
  #running: readonly (Timer | null)[] = []

  /** From now on; what was said before of the stream's route holds no more. */
  watch({ clock, settings, request, route, duration, log }: Watched, giveUp: (end: StreamEnd) => void): void {
    this.stop()
    this.#running = [watchIdle(clock, settings, route, log.proxy, giveUp), watchDuration(clock, request, duration, settings, log, giveUp)]
  }

  stop(): void {
    for (const timer of this.#running) timer?.cancel()
  }
}

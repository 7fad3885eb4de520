import type { HttpSettings } from '../ir/proxy-config.ts'
import type { Route } from '../ir/route.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { LocalReply } from './local-reply.ts'

/** How a request ends of which nothing was seen for too long: it has come whole. Source: Envoy `ConnectionManagerImpl::ActiveStream::onIdleTimeout`. */
export const idleReply: LocalReply = { status: 504, body: 'stream timeout' }
export const idleDetails = 'stream_idle_timeout'

/** How long nothing may be seen of a request. No more comes from its client than what came at once. */
export class StreamIdle {
  readonly #clock: Clock
  readonly #settings: HttpSettings
  readonly #proxy: string
  #timer: Timer | null = null

  /** @param proxy as the journal names it */
  constructor(clock: Clock, settings: HttpSettings, proxy: string) {
    this.#clock = clock
    this.#settings = settings
    this.#proxy = proxy
  }

  /** Begins anew. What the route says goes before what the proxy does. Source: Envoy `ConnectionManagerImpl::ActiveStream::refreshIdleTimeout`. */
  watch(route: Route | null, giveUp: () => void): void {
    this.stop()
    const { streamIdleMs = 0 } = this.#settings
    const ms = (route?.action.kind === 'forward' ? route.action.idleMs : undefined) ?? streamIdleMs
    if (ms > 0) this.#timer = this.#clock.deadline(ms, giveUp, `stream idle timeout at ${this.#proxy}`)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}

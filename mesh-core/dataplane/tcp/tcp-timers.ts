import type { NetworkFilter } from '../../ir/proxy-config.ts'
import type { Clock, Milliseconds, Timer } from '../../time/clock.ts'
import type { LogRecord } from '../evidence.ts'

/** Envoy's default. */
const idleTimeout = 3_600_000

/**
 * End a connection on which for too long nothing was said, or that is too old. Bytes come with the request and with the answer, and nothing in between.
 * Source: Envoy `tcp_proxy.cc` onIdleTimeout, onMaxDownstreamConnectionDuration.
 */
export class ConnectionTimers {
  readonly #clock: Clock
  readonly #idleMs: Milliseconds
  readonly #oldAt: Milliseconds
  readonly #log: LogRecord
  readonly #end: () => void
  #timer: Timer | null = null

  constructor(
    clock: Clock,
    { idleTimeoutMs = idleTimeout, maxDurationMs }: Extract<NetworkFilter, { kind: 'tcp' }>,
    log: LogRecord,
    end: () => void,
  ) {
    this.#clock = clock
    this.#idleMs = idleTimeoutMs === 0 ? Infinity : idleTimeoutMs
    this.#oldAt = maxDurationMs === undefined ? Infinity : clock.now() + maxDurationMs
    this.#log = log
    this.#end = end
    this.restart()
  }

  /** Something was said. */
  restart(): void {
    this.stop()
    const now = this.#clock.now()
    const isOld = this.#oldAt <= now + this.#idleMs
    const afterMs = isOld ? this.#oldAt - now : this.#idleMs
    if (afterMs === Infinity) return
    this.#timer = this.#clock.deadline(afterMs, () => this.#close(isOld), `${this.#log.proxy} waits for bytes`)
  }

  #close(isOld: boolean): void {
    if (isOld) this.#log.raise('DT')
    this.#log.durationMs = this.#clock.now() - this.#log.startMs
    this.#end()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}

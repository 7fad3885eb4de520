import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import { Undecided } from '../../verdicts/failure.ts'

/** How quickly requests may follow each other, and when they are to stop. Shared by all scenarios of a run. */
export class Pace {
  readonly #intervalMs: number
  #next = 0
  #lastMs: number | null = null
  #shed: string | null = null
  readonly #onShed: (why: string) => void

  /** @param rate requests in a second; `null` for no bound. @param onShed is told when the mesh has said that it is too much */
  constructor(rate: number | null, onShed: (why: string) => void = () => {}) {
    this.#intervalMs = rate === null ? 0 : 1000 / rate
    this.#onShed = onShed
  }

  /** Nothing is sent any more. */
  stop(why: string): void {
    this.#shed ??= why
  }

  /** ms since 1970, of the last request that was sent, or its answer; `null` before the first. */
  get lastMs(): number | null {
    return this.#lastMs
  }

  /** Resolves when the next request may be sent. @throws Undecided once the mesh has said that it is too much */
  async turn(): Promise<void> {
    if (this.#shed !== null) throw new Undecided(this.#shed)
    this.#lastMs = Date.now()
    if (this.#intervalMs === 0) return
    const now = performance.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#intervalMs
    if (at > now) await sleep(at - now)
    if (this.#shed !== null) throw new Undecided(this.#shed)
  }

  /**
   * Stops everything when the answer says that the load is too much.
   * @param limited the scenario's own config has proxies answer 429: then that is what it is about
   * @throws Undecided
   */
  look({ response }: Pick<Exchange, 'response'>, limited: boolean): void {
    this.#lastMs = Date.now()
    if (response === null || limited) return
    const { status, headers, body } = response
    // Not `x-envoy-overloaded`: that is a circuit breaker of some service, perhaps the one that the scenario is about.
    const isShed = headers.has('x-envoy-local-overloaded') || (status === 503 && body === 'envoy overloaded')
    if (status !== 429 && !isShed) return
    // Of a service itself it is the service's answer, and no word of the mesh.
    if (status === 429 && headers.has('x-envoy-upstream-service-time')) return
    this.#shed = `the mesh sheds load (it answered ${status}${isShed ? ', overloaded' : ''}): sending was stopped, for this run; a lower --rate may do`
    this.#onShed(this.#shed)
    throw new Undecided(this.#shed)
  }
}

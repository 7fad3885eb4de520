import { setTimeout as sleep } from 'node:timers/promises'

/** Config spreads with a delay: what is sent after a change waits for it, once for several changes in a row. */
export class Settling {
  readonly #settleMs: number
  #changedAt = -Infinity

  constructor(settleMs: number) {
    this.#settleMs = settleMs
  }

  changed(): void {
    this.#changedAt = performance.now()
  }

  async wait(): Promise<void> {
    const left = this.#changedAt + this.#settleMs - performance.now()
    if (left > 0) await sleep(left)
  }
}

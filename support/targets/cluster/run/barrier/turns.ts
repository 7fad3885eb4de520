import { setTimeout as sleep } from 'node:timers/promises'

/** ms between two questions. */
const pauseMs = 15

/**
 * When which of several proxies is asked. The control plane pushes a change to all of them at a time: until it has arrived at one, they are asked by turns, a
 * question each 15 ms among all; from then on each of them is.
 */
export class Turns {
  readonly #count: number
  readonly #arrived: Promise<void>
  #arrive: () => void = () => {}
  #hasArrived = false

  constructor(count: number) {
    this.#count = count
    this.#arrived = new Promise((resolve) => (this.#arrive = resolve))
  }

  /** One of the proxies has the change. */
  hasArrived(): void {
    this.#hasArrived = true
    this.#arrive()
  }

  /** Resolves when the proxy is asked for the first time. @param index from 0 */
  first(index: number): Promise<void> {
    return this.#pause(index)
  }

  /** Resolves when it is asked again. */
  next(): Promise<void> {
    return this.#pause(this.#hasArrived ? 1 : this.#count)
  }

  async #pause(turns: number): Promise<void> {
    if (turns === 0) return
    await (this.#hasArrived ? sleep(pauseMs) : Promise.race([sleep(turns * pauseMs), this.#arrived]))
  }
}

import { clearTimeout, setTimeout } from 'node:timers'

import type { Clock, Milliseconds, Timer } from './clock.ts'

/** Real time since the clock was made, for a mesh that is served on real ports. */
export class WallClock implements Clock {
  readonly #start = process.hrtime.bigint()

  now(): Milliseconds {
    return Number(process.hrtime.bigint() - this.#start) / 1e6
  }

  schedule(delay: Milliseconds, callback: () => void): Timer {
    const handle = setTimeout(callback, delay)
    return { cancel: () => clearTimeout(handle) }
  }

  deadline(delay: Milliseconds, callback: () => void): Timer {
    return this.schedule(delay, callback)
  }

  sleep(delay: Milliseconds): Promise<void> {
    return new Promise((resolve) => this.schedule(delay, resolve))
  }
}

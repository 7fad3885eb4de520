import { MeshSpecError } from '../config/errors.ts'
import type { Clock, Milliseconds, Timer } from './clock.ts'
import { TimerQueue } from './timer-queue.ts'
import type { QueuedTimer } from './timer-queue.ts'

/** Calls back once everything that can run without time passing has run; gives a function that takes the call back. */
export type IdleHook = (callback: () => void) => () => void

/** Node runs every microtask before the next immediate, so by then all that is left waits on a timer, or for ever. */
const afterMicrotasks: IdleHook = (callback) => {
  const handle = setImmediate(callback)
  return () => clearImmediate(handle)
}

export interface VirtualClockOptions {
  /** Where time begins, in ms. Default 0. */
  readonly start?: Milliseconds
  readonly idle?: IdleHook
}

/** A clock that stands still while anything can run and then jumps to the next timer: a delay of an hour takes no time at all. */
export class VirtualClock implements Clock {
  readonly #timers = new TimerQueue()
  readonly #idle: IdleHook
  #now: Milliseconds
  #scheduled = 0

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.start ?? 0
    this.#idle = options.idle ?? afterMicrotasks
  }

  now(): Milliseconds {
    return this.#now
  }

  schedule(delay: Milliseconds, callback: () => void, what: string): Timer {
    return this.#push(delay, ++this.#scheduled, callback, what)
  }

  deadline(delay: Milliseconds, callback: () => void, what: string): Timer {
    // Deadlines are set from the inside out, once it is clear that there is something to wait for; so the last one set is the outermost.
    return this.#push(delay, -++this.#scheduled, callback, what)
  }

  sleep(delay: Milliseconds, what: string): Promise<void> {
    return new Promise((resolve) => this.schedule(delay, resolve, what))
  }

  /**
   * Lets time pass until `work` has ended.
   * @param waiting names what is under way, for the report of a simulation that hangs
   * @throws {MeshSpecError} SIMULATION_STUCK when no timer is left and `work` has not ended
   */
  run<T>(work: Promise<T>, waiting: () => readonly string[] = () => []): Promise<T> {
    return new Promise((resolve, reject) => {
      let cancelIdle = () => {}
      const advance = () => {
        if (this.#fireNext(Infinity)) cancelIdle = this.#idle(advance)
        else reject(stuck(this.#now, waiting()))
      }
      const end =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          cancelIdle()
          settle(value)
        }
      work.then(end(resolve), end(reject))
      cancelIdle = this.#idle(advance)
    })
  }

  /** Lets `ms` pass, and all that falls due meanwhile happen. */
  elapse(ms: Milliseconds): Promise<void> {
    const end = this.#now + ms
    return new Promise((resolve) => {
      const advance = () => {
        if (this.#fireNext(end)) this.#idle(advance)
        else {
          this.#now = Math.max(this.#now, end)
          resolve()
        }
      }
      this.#idle(advance)
    })
  }

  #push(delay: Milliseconds, rank: number, callback: () => void, what: string): Timer {
    const timer: QueuedTimer = { at: this.#now + Math.max(0, delay), since: this.#now, rank, callback, what, index: -1 }
    this.#timers.push(timer)
    return { cancel: () => this.#timers.remove(timer) }
  }

  /** One timer at a time: what it sets going has run before the next one fires, though both be due at the same moment. */
  #fireNext(end: Milliseconds): boolean {
    const next = this.#timers.peek()
    if (!next || next.at > end) return false
    this.#timers.remove(next)
    this.#now = Math.max(this.#now, next.at)
    next.callback()
    return true
  }
}

function stuck(now: Milliseconds, waiting: readonly string[]): MeshSpecError {
  const who = waiting.length > 0 ? waiting.join('; ') : 'something that is neither a timer nor a request'
  const problem = `nothing can ever run again at ${now} ms, and the work has not ended: it waits for ${who}`
  return new MeshSpecError({
    code: 'SIMULATION_STUCK',
    origin: null,
    place: null,
    problem,
    hint: 'a program waits on something else than its context',
  })
}

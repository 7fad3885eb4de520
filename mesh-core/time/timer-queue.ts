import type { Milliseconds } from './clock.ts'

/** A wait for one moment. */
export interface QueuedTimer {
  readonly at: Milliseconds
  /** When it was scheduled: of two timers of one moment the older one fires first. */
  readonly since: Milliseconds
  /** Decides among timers that were scheduled at one moment for one moment: the lower one fires first. */
  readonly rank: number
  readonly callback: () => void
  readonly what: string
  /** Place in the heap; -1 once it has left. */
  index: number
}

/**
 * A binary heap of timers. A cancelled timer is taken out at once and not left for its moment: most timers are timeouts that never act,
 * and on a virtual clock their moment may never come.
 */
export class TimerQueue {
  readonly #heap: QueuedTimer[] = []

  get size(): number {
    return this.#heap.length
  }

  peek(): QueuedTimer | undefined {
    return this.#heap[0]
  }

  push(timer: QueuedTimer): void {
    this.#place(timer, this.#heap.length)
    this.#rise(timer)
  }

  pop(): QueuedTimer | undefined {
    const first = this.#heap[0]
    if (first) this.remove(first)
    return first
  }

  /** Does nothing when the timer is no longer queued. */
  remove(timer: QueuedTimer): void {
    const index = timer.index
    if (index < 0) return
    timer.index = -1
    const last = this.#heap.pop()!
    if (last === timer) return
    this.#place(last, index)
    this.#rise(last)
    this.#sink(last)
  }

  #place(timer: QueuedTimer, index: number): void {
    this.#heap[index] = timer
    timer.index = index
  }

  #rise(timer: QueuedTimer): void {
    while (timer.index > 0) {
      const above = this.#heap[(timer.index - 1) >> 1]!
      if (!isBefore(timer, above)) return
      this.#swap(timer, above)
    }
  }

  #sink(timer: QueuedTimer): void {
    for (;;) {
      const left = this.#heap[2 * timer.index + 1]
      const right = this.#heap[2 * timer.index + 2]
      const below = left && right && isBefore(right, left) ? right : left
      if (!below || !isBefore(below, timer)) return
      this.#swap(timer, below)
    }
  }

  #swap(one: QueuedTimer, other: QueuedTimer): void {
    const index = one.index
    this.#place(one, other.index)
    this.#place(other, index)
  }
}

function isBefore(one: QueuedTimer, other: QueuedTimer): boolean {
  if (one.at !== other.at) return one.at < other.at
  return one.since !== other.since ? one.since < other.since : one.rank < other.rank
}

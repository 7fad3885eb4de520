interface Entry<T> {
  readonly item: T
  deadline: number
  /** Of those whose deadline is the same the one that waits longest is first. */
  order: number
}

/** More are not made before the first one that counts. Source: Envoy `EdfScheduler::createWithPicks`. */
const mostPicksBefore = 429_496_729

/** Earliest deadline first: everybody comes as often as his weight says, spread evenly. Source: Envoy `EdfScheduler`. */
export class DeadlineSchedule<T> {
  readonly #entries: readonly Entry<T>[]
  readonly #weightOf: (item: T) => number
  #orders: number

  /**
   * @param weightOf positive; asked anew at each pick, for it may change
   * @param start so many picks are over, as it were: the round may begin anywhere in it
   */
  constructor(items: readonly T[], weightOf: (item: T) => number, start = 0) {
    this.#weightOf = weightOf
    this.#orders = items.length
    const picks = start % mostPicksBefore
    const weights = items.map(weightOf)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    // Of so many picks everybody has had his share at least, but for fractions; the few that are left are made one by one.
    const made = weights.map((weight) => Math.max(0, Math.ceil((picks * weight) / total) - 1))
    this.#entries = items.map((item, i) => ({ item, deadline: (made[i]! + 1) / weights[i]!, order: i }))
    for (let left = picks - made.reduce((sum, count) => sum + count, 0); left > 0; left--) this.pick()
  }

  pick(): T {
    let first = this.#entries[0]!
    for (const entry of this.#entries)
      if (entry.deadline < first.deadline || (entry.deadline === first.deadline && entry.order < first.order)) first = entry
    first.deadline += 1 / this.#weightOf(first.item)
    first.order = this.#orders++
    return first.item
  }
}

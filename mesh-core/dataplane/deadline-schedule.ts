/** Earliest deadline first: everybody comes as often as his weight says, spread evenly. Source: Envoy `EdfScheduler`. */
export class DeadlineSchedule<T> {
  readonly #entries: { readonly item: T; deadline: number }[]
  readonly #weightOf: (item: T) => number

  /** @param weightOf positive; asked anew at each pick, for it may change */
  constructor(items: readonly T[], weightOf: (item: T) => number) {
    this.#weightOf = weightOf
    this.#entries = items.map((item) => ({ item, deadline: 1 / weightOf(item) }))
  }

  pick(): T {
    let first = this.#entries[0]!
    for (const entry of this.#entries) if (entry.deadline < first.deadline) first = entry
    first.deadline += 1 / this.#weightOf(first.item)
    return first.item
  }
}

/** How many requests a run may send to a live mesh. */
export class RequestBudget {
  readonly total: number | null
  #left: number

  /** @param total `null`: any number */
  constructor(total: number | null) {
    this.total = total
    this.#left = total ?? Infinity
  }

  /** @returns how many of the requests that are asked for may be sent */
  spend(requests: number): number {
    const granted = Math.min(requests, this.#left)
    this.#left -= granted
    return granted
  }
}

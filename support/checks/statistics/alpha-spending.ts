/** How many statements at the α of the settings a whole run may cost. */
export const statementsPerRun = 100

/**
 * Divides a chance of false alarms among the statements of a run, however many they turn out to be: the i-th gets
 * `total · n / ((i + n - 1)(i + n))`, and all of them together never more than the total. A little less than the α of the settings for the
 * first, a quarter of it for the hundredth: which costs a sequential test next to nothing.
 */
export class AlphaSpending {
  #statements = 0
  readonly #total: number

  /** @param alpha of one statement, as the settings have it. @param parts processes and shards that share a run */
  constructor(alpha: number, parts = 1) {
    this.#total = (alpha * statementsPerRun) / parts
  }

  /** The α of the next statement. */
  next(): number {
    const i = ++this.#statements
    const n = statementsPerRun
    return (this.#total * n) / ((i + n - 1) * (i + n))
  }
}

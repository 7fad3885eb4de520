import type { ErrorRates, ShareTest } from './share-test.ts'

/**
 * Wald's sequential probability ratio test of a share, against both `wanted - delta` and `wanted + delta`: it stops as soon as the question
 * is decided, after a quarter of the requests of a fixed test in the middle. α is halved between the two sides.
 * Source: A. Wald, Sequential Tests of Statistical Hypotheses (1945), section 3.
 * @param outcomes in the order of sending, each independent of the others
 */
export function testShareSequentially(outcomes: readonly boolean[], wanted: number, rates: ErrorRates): ShareTest {
  const sides = [wanted - rates.delta, wanted + rates.delta]
    .filter((share) => share > -1e-9 && share < 1 + 1e-9)
    .map((share) => new Side(wanted, share, rates))
  let seen = 0
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome) seen += 1
    for (const side of sides) side.take(outcome)
    // What cannot be at all (one success when 0 % is wanted) is decided by one request.
    const impossible = outcome ? wanted === 0 : wanted === 1
    if (impossible || sides.some((side) => side.verdict === 'off')) return { verdict: 'off', requests: i + 1, seen, missRate: rates.beta }
    if (sides.every((side) => side.verdict === 'as-wanted')) return { verdict: 'as-wanted', requests: i + 1, seen, missRate: rates.beta }
  }
  return { verdict: 'undecided', requests: outcomes.length, seen, missRate: 1 }
}

/** One of the two simple tests: the wanted share against one that is off. Keeps its first decision. */
class Side {
  verdict: 'open' | 'off' | 'as-wanted' = 'open'
  #logRatio = 0
  readonly #onSuccess: number
  readonly #onFailure: number
  readonly #upper: number
  readonly #lower: number

  constructor(wanted: number, off: number, { alpha, beta }: ErrorRates) {
    const other = Math.min(1, Math.max(0, off))
    this.#onSuccess = Math.log(other / wanted)
    this.#onFailure = Math.log((1 - other) / (1 - wanted))
    this.#upper = Math.log((1 - beta) / (alpha / 2))
    this.#lower = Math.log(beta / (1 - alpha / 2))
  }

  take(success: boolean): void {
    if (this.verdict !== 'open') return
    this.#logRatio += success ? this.#onSuccess : this.#onFailure
    if (this.#logRatio >= this.#upper) this.verdict = 'off'
    else if (this.#logRatio <= this.#lower) this.verdict = 'as-wanted'
  }
}

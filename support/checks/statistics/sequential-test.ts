import { alternativesTo, requestsNeeded } from './share-test.ts'
import type { ErrorRates } from './share-test.ts'

/** Of how many requests so far one may be sent before the test looks again: what is sent too much by looking late is at most that. */
const lookAgainAfter = 0.03

/**
 * Wald's sequential probability ratio test of a share, against both `wanted - delta` and `wanted + delta`: it stops as soon as the question is
 * decided. α is divided between the two sides. The bounds are Ville's (a ratio of likelihoods exceeds 1/α with a chance of at most α, whenever one looks), so
 * they hold for any number of requests between two looks, and for a test that is broken off.
 * Source: A. Wald, Sequential Tests of Statistical Hypotheses (1945), section 3; J. Ville, Étude critique de la notion de collectif (1939).
 */
export class SequentialShareTest {
  readonly #wanted: number
  readonly #sides: readonly Side[]
  #requests = 0
  #seen = 0
  #isImpossible = false

  constructor(wanted: number, rates: ErrorRates) {
    this.#wanted = wanted
    const others = alternatives(wanted, rates.delta)
    this.#sides = others.map((other) => new Side(wanted, other, { ...rates, alpha: rates.alpha / others.length }))
  }

  /** Looks at further requests, in whatever order they came. @param seen of them, those for which the statement holds */
  take(seen: number, requests: number): void {
    this.#requests += requests
    this.#seen += seen
    // What cannot be at all (one success when 0 % is wanted) is decided by one request.
    if (this.#wanted === 0 ? seen > 0 : this.#wanted === 1 && seen < requests) this.#isImpossible = true
    for (const side of this.#sides) side.take(seen, requests - seen)
  }

  get requests(): number {
    return this.#requests
  }

  get seen(): number {
    return this.#seen
  }

  get verdict(): 'as-wanted' | 'off' | 'open' {
    if (this.#isImpossible || this.#sides.some(({ verdict }) => verdict === 'off')) return 'off'
    return this.#sides.every(({ verdict }) => verdict === 'as-wanted') ? 'as-wanted' : 'open'
  }

  /** How many further requests to send before the next look: no fewer could decide, but for those that cannot be. At least 1. */
  get next(): number {
    const open = this.#sides.filter(({ verdict }) => verdict === 'open')
    const bound = Math.min(...open.map((side) => side.soonestOff), soonestAsWanted(open))
    return Math.max(1, Math.ceil(bound), Math.floor(this.#requests * lookAgainAfter))
  }
}

/** Those that are off by `delta`; nearer to an end, that nothing or everything is so: a canary of 5 % that gets no request is not "about 5%". */
function alternatives(wanted: number, delta: number): readonly number[] {
  const ends = [...(wanted > 0 && wanted < delta ? [0] : []), ...(wanted < 1 && wanted > 1 - delta ? [1] : [])]
  return [...new Set([...alternativesTo(wanted, delta), ...ends])]
}

/**
 * So many requests are more than any decision should take: five times a fixed sample, and enough for what is rare to show itself. A share halfway
 * between two others takes about twice a fixed sample.
 */
export function mostRequests(wanted: number, rates: ErrorRates): number {
  const rare = Math.min(wanted, 1 - wanted)
  return Math.max(5 * requestsNeeded(wanted, rates), rare > 0 ? Math.ceil(20 / rare) : 0)
}

/** One of the two simple tests: the wanted share against one that is off. Keeps its first decision. */
class Side {
  verdict: 'open' | 'off' | 'as-wanted' = 'open'
  #logRatio = 0
  readonly onSuccess: number
  readonly onFailure: number
  readonly #upper: number
  readonly #lower: number

  constructor(wanted: number, other: number, { alpha, beta }: ErrorRates) {
    this.onSuccess = Math.log(other / wanted)
    this.onFailure = Math.log((1 - other) / (1 - wanted))
    this.#upper = -Math.log(alpha)
    this.#lower = Math.log(beta)
  }

  take(successes: number, failures: number): void {
    if (this.verdict !== 'open') return
    // 0 × ∞ is no number: what did not occur says nothing.
    if (successes > 0) this.#logRatio += successes * this.onSuccess
    if (failures > 0) this.#logRatio += failures * this.onFailure
    if (this.#logRatio >= this.#upper) this.verdict = 'off'
    else if (this.#logRatio <= this.#lower) this.verdict = 'as-wanted'
  }

  /** One request that cannot be decides by itself, however late one looks: nobody looks at each for its sake. */
  get soonestOff(): number {
    const step = Math.max(...[this.onSuccess, this.onFailure].filter(Number.isFinite))
    return step > 0 ? (this.#upper - this.#logRatio) / step : Infinity
  }

  /** How far the ratio still has to fall. */
  get toAsWanted(): number {
    return this.#logRatio - this.#lower
  }
}

/** Successes speak against the one side and for the other, so both together need more requests than each for itself. */
function soonestAsWanted(open: readonly Side[]): number {
  const alone = open.map((side) => side.toAsWanted / -Math.min(side.onSuccess, side.onFailure))
  const sum = (value: (side: Side) => number): number => open.reduce((total, side) => total + value(side), 0)
  const together =
    sum(({ toAsWanted }) => toAsWanted) /
    -Math.min(
      sum(({ onSuccess }) => onSuccess),
      sum(({ onFailure }) => onFailure),
    )
  return Math.max(...alone, Number.isFinite(together) ? together : 0)
}

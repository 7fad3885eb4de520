/** log(0!), log(1!) … as far as they were needed: sums of logarithms, so nothing is approximated. */
let logFactorials = new Float64Array([0])

function logFactorial(n: number): number {
  if (n >= logFactorials.length) growTo(n)
  return logFactorials[n]!
}

function growTo(n: number): void {
  const grown = new Float64Array(Math.max(n + 1, logFactorials.length * 2))
  grown.set(logFactorials)
  for (let i = logFactorials.length; i < grown.length; i++) grown[i] = grown[i - 1]! + Math.log(i)
  logFactorials = grown
}

/** The number of successes in `n` independent trials that succeed with probability `p` each. */
export interface Binomial {
  readonly n: number
  readonly p: number
}

/** P(X = k) */
export function probability({ n, p }: Binomial, k: number): number {
  if (k < 0 || k > n) return 0
  if (p === 0) return k === 0 ? 1 : 0
  if (p === 1) return k === n ? 1 : 0
  return Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p))
}

/** P(from ≤ X ≤ to). Summed, smallest terms first on each side of the mode, so that tails of one in a million are exact to many digits. */
export function between(binomial: Binomial, from: number, to: number): number {
  const mode = Math.floor((binomial.n + 1) * binomial.p)
  let sum = 0
  for (let k = from; k <= Math.min(to, mode); k++) sum += probability(binomial, k)
  let above = 0
  for (let k = to; k > Math.max(from - 1, mode); k--) above += probability(binomial, k)
  return Math.min(1, sum + above)
}

/** Counts that speak for neither too small nor too large a share. */
export interface AcceptanceRegion {
  readonly from: number
  readonly to: number
}

/**
 * The smallest region that a count leaves to either side with a probability of at most α/2. Exact: no normal approximation, which for
 * α = 10⁻⁶ and small counts is off by orders of magnitude.
 */
export function acceptanceRegion(binomial: Binomial, alpha: number): AcceptanceRegion {
  const { n } = binomial
  let below = 0
  let from = 0
  while (from <= n && (below += probability(binomial, from)) <= alpha / 2) from += 1
  let above = 0
  let to = n
  while (to >= 0 && (above += probability(binomial, to)) <= alpha / 2) to -= 1
  return { from, to }
}

/**
 * Exact two-sided confidence interval of a share. Source: Clopper and Pearson, Biometrika 26 (1934).
 * @param confidence 0.99 for 99 %
 */
export function interval(seen: number, n: number, confidence: number): { readonly low: number; readonly high: number } {
  const tail = (1 - confidence) / 2
  const low = seen === 0 ? 0 : bisect((p) => between({ n, p }, seen, n) > tail)
  const high = seen === n ? 1 : bisect((p) => between({ n, p }, 0, seen) < tail)
  return { low, high }
}

/** The p in [0, 1] at which a condition that holds for large p begins to hold. */
function bisect(holds: (p: number) => boolean): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}

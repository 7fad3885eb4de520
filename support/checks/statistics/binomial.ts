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
export function probability(binomial: Binomial, k: number): number {
  return probabilities(binomial)(k)
}

/** P(X = k) for many k: what they have in common is computed once. */
function probabilities({ n, p }: Binomial): (k: number) => number {
  if (p === 0) return (k) => (k === 0 ? 1 : 0)
  if (p === 1) return (k) => (k === n ? 1 : 0)
  const all = logFactorial(n)
  const success = Math.log(p)
  const failure = Math.log1p(-p)
  return (k) => (k < 0 || k > n ? 0 : Math.exp(all - logFactorial(k) - logFactorial(n - k) + k * success + (n - k) * failure))
}

/** P(from ≤ X ≤ to). Summed, smallest terms first on each side of the mode, so that tails of one in a million are exact to many digits. */
export function between(binomial: Binomial, from: number, to: number): number {
  const { n, p } = binomial
  const mode = Math.floor((n + 1) * p)
  const probabilityOf = probabilities(binomial)
  const reach = reachOf(n)
  let sum = 0
  for (let k = Math.max(from, Math.min(to, mode) - reach); k <= Math.min(to, mode); k++) sum += probabilityOf(k)
  let above = 0
  for (let k = Math.min(to, Math.max(from, mode) + reach); k > Math.max(from - 1, mode); k--) above += probabilityOf(k)
  return Math.min(1, sum + above)
}

/**
 * So far away from the mode, or beyond, all further probabilities together are less than 10⁻²⁰ of the one at the near end: none of their digits counts. For
 * P(X ≥ np + t) ≤ exp(-2t²/n), the one at the mode is at least 1/(n + 1), and each is a smaller part of the one before it the further out they are.
 * Source: W. Hoeffding, Journal of the American Statistical Association 58 (1963).
 */
function reachOf(n: number): number {
  return Math.ceil(Math.sqrt(n * 30)) + 1
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
  const probabilityOf = probabilities(binomial)
  let below = 0
  let from = 0
  while (from <= n && (below += probabilityOf(from)) <= alpha / 2) from += 1
  let above = 0
  let to = n
  while (to >= 0 && (above += probabilityOf(to)) <= alpha / 2) to -= 1
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

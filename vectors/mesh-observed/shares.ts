import type { Counts } from './case.ts'

/** Chance of calling two samples of the same odds different. */
export const alpha = 1e-6

/** Kinds with fewer counts than this in both samples together are pooled: the chi-square distribution does not hold for them. */
const smallestBin = 10

/** A kind that was seen so rarely in one sample may be missing in the other: of a true mean of 5, one run in 150 sees none. */
const rare = 5

/**
 * Are two samples of so many calls of the same odds? Pearson's chi-square test of homogeneity, with `alpha`.
 * @returns a sentence, or `null` when nothing speaks against it
 */
export function compareShares(wantedCounts: Counts, seenCounts: Counts, times: number): string | null {
  const [wanted, seen] = [withNone(wantedCounts, times), withNone(seenCounts, times)]
  const kinds = [...new Set([...Object.keys(wanted), ...Object.keys(seen)])].sort()
  const [n, m] = [total(wanted), total(seen)]
  if (kinds.length === 1) return n === m ? null : 'the only kind, so the counts must be equal'
  for (const kind of kinds) {
    const [a, b] = [wanted[kind] ?? 0, seen[kind] ?? 0]
    if (a === 0 && b >= rare) return `${kind} never occurred`
    if (b === 0 && a >= rare) return `${kind} must occur`
  }
  const p = homogeneity(kinds.map((kind) => [wanted[kind] ?? 0, seen[kind] ?? 0] as const))
  if (p < alpha) return `not the same odds (p = ${p.toExponential(1)})`
  // Tries of a call with retries: each count is at most as spread as a Poisson's, so 5 deviations are beyond alpha.
  return Math.abs(n - m) <= 5 * Math.sqrt(n + m) ? null : `${m} in all, wanted ${n}`
}

/** Calls that none of the kinds counts: those that reached no workload, or were not mirrored. */
function withNone(counts: Counts, times: number): Counts {
  const rest = times - total(counts)
  return rest > 0 ? { ...counts, none: rest } : counts
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** @returns the probability of a difference at least as large between two samples of the same odds */
function homogeneity(rows: readonly (readonly [number, number])[]): number {
  const bins = pooled(rows)
  if (bins.length < 2) return 1
  const n = bins.reduce((sum, [a]) => sum + a, 0)
  const m = bins.reduce((sum, [, b]) => sum + b, 0)
  let statistic = 0
  for (const [a, b] of bins) {
    const [x, y] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)]
    statistic += (a - x) ** 2 / x + (b - y) ** 2 / y
  }
  return upperGamma((bins.length - 1) / 2, statistic / 2)
}

function pooled(rows: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const large = rows.filter(([a, b]) => a + b >= smallestBin)
  const small = rows.filter(([a, b]) => a + b < smallestBin)
  if (small.length === 0) return large
  const rest = small.reduce<readonly [number, number]>(([a, b], [c, d]) => [a + c, b + d], [0, 0])
  return [...large, rest]
}

/** Regularised upper incomplete gamma function Q(s, x). Source: Abramowitz and Stegun 6.5.29 (series) and 6.5.31 (continued fraction). */
export function upperGamma(s: number, x: number): number {
  if (x <= 0) return 1
  const scale = Math.exp(s * Math.log(x) - x - logGamma(s))
  if (x < s + 1) {
    let term = 1 / s
    let sum = term
    for (let k = 1; Math.abs(term) > sum * 1e-15 && k < 1000; k++) sum += term *= x / (s + k)
    return 1 - scale * sum
  }
  let b = x + 1 - s
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let k = 1; k < 1000; k++) {
    const step = -k * (k - s)
    b += 2
    d = 1 / (step * d + b)
    c = b + step / c
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return scale * h
}

/** For whole and half numbers only, which is all that degrees of freedom need. */
function logGamma(s: number): number {
  let sum = s % 1 === 0 ? 0 : Math.log(Math.sqrt(Math.PI))
  for (let k = s % 1 === 0 ? 1 : 0.5; k < s; k++) sum += Math.log(k)
  return sum
}

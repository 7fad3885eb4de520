import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptanceRegion, between, interval, probability } from './binomial.ts'
import { draws } from './draws.fixture.ts'
import { missRateOf, requestsNeeded, testShare } from './share-test.ts'
import type { ErrorRates } from './share-test.ts'

const defaults: ErrorRates = { alpha: 1e-6, beta: 1e-3, delta: 0.1 }
/** Rates that a simulation of some thousand runs can see. */
const coarse: ErrorRates = { alpha: 0.05, beta: 0.05, delta: 0.1 }

function sample(random: () => number, n: number, p: number): boolean[] {
  return Array.from({ length: n }, () => random() < p)
}

const count = (outcomes: readonly boolean[]) => outcomes.filter(Boolean).length

describe('the binomial distribution', () => {
  test('the probabilities of a fair coin thrown four times', () => {
    const seen = [0, 1, 2, 3, 4].map((k) => probability({ n: 4, p: 0.5 }, k))
    for (const [k, wanted] of [1, 4, 6, 4, 1].entries()) expect(seen[k]).toBeCloseTo(wanted / 16, 12)
  })

  test('a tail of one in a million: P(X ≥ 20) = 2^-20 for 20 throws', () => expect(between({ n: 20, p: 0.5 }, 20, 20) * 2 ** 20).toBeCloseTo(1, 9))

  test('what is left out of a sum far away from the mode counts in none of its digits', () => {
    for (const [n, p, from, to] of [
      [3000, 0.5, 1700, 3000],
      [3000, 0.5, 0, 1300],
      [3000, 0.1, 250, 3000],
      [500, 0.9, 400, 480],
    ] as const) {
      const all = Array.from({ length: to - from + 1 }, (_, i) => probability({ n, p }, from + i)).toSorted((a, b) => a - b)
      const whole = all.reduce((sum, one) => sum + one, 0)
      expect(Math.abs(between({ n, p }, from, to) / whole - 1)).toBeLessThan(1e-12)
    }
  })

  test('all probabilities add up to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        expect(between({ n, p }, 0, n)).toBeCloseTo(1, 8)
      }),
      { numRuns: 50 },
    )
  })

  test('outside of the acceptance region lies at most α/2 on each side, and it is the smallest such region', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.constantFrom(0.1, 1e-3, 1e-6),
        (n, p, alpha) => {
          const { from, to } = acceptanceRegion({ n, p }, alpha)
          expect(between({ n, p }, 0, from - 1)).toBeLessThanOrEqual(alpha / 2)
          expect(between({ n, p }, to + 1, n)).toBeLessThanOrEqual(alpha / 2)
          expect(between({ n, p }, 0, from)).toBeGreaterThan(alpha / 2)
          expect(between({ n, p }, to, n)).toBeGreaterThan(alpha / 2)
        },
      ),
      { numRuns: 100 },
    )
  })

  // Agresti and Coull (1998), table of the Clopper-Pearson interval: 5 of 10 at 95 %.
  test('the exact interval of 5 in 10', () => {
    const { low, high } = interval(5, 10, 0.95)
    expect(low).toBeCloseTo(0.187, 3)
    expect(high).toBeCloseTo(0.813, 3)
  })
})

describe('the test of a share', () => {
  const cases: { seen: number; requests: number; wanted: number; verdict: string }[] = [
    { seen: 1000, requests: 2000, wanted: 0.5, verdict: 'as-wanted' },
    { seen: 1200, requests: 2000, wanted: 0.5, verdict: 'off' },
    { seen: 800, requests: 2000, wanted: 0.5, verdict: 'off' },
    { seen: 50, requests: 100, wanted: 0.5, verdict: 'undecided' }, // fits, but so would 60 %
    { seen: 10, requests: 100, wanted: 0.5, verdict: 'off' },
    { seen: 1, requests: 100, wanted: 0, verdict: 'off' },
    { seen: 0, requests: 100, wanted: 0, verdict: 'as-wanted' }, // a share of 10 % shows itself in 100 requests
    { seen: 0, requests: 5, wanted: 0, verdict: 'undecided' },
    { seen: 99, requests: 100, wanted: 1, verdict: 'off' },
  ]
  for (const { seen, requests, wanted, verdict } of cases)
    test(`${seen} of ${requests} against ${wanted}: ${verdict}`, () => expect(testShare(seen, requests, wanted, defaults).verdict).toBe(verdict))

  test('the number of requests needed is enough, and half of it is not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (wanted) => {
        const needed = requestsNeeded(wanted, coarse)
        expect(missRateOf(needed, wanted, coarse)).toBeLessThanOrEqual(coarse.beta)
        expect(missRateOf(Math.floor(needed / 2), wanted, coarse)).toBeGreaterThan(coarse.beta)
      }),
      { numRuns: 50 },
    )
  })

  test('raises false alarms and misses as often as it says', () => {
    const random = draws(7)
    const needed = requestsNeeded(0.5, coarse)
    const runs = 4000
    let alarms = 0
    let misses = 0
    for (let i = 0; i < runs; i++) {
      if (testShare(count(sample(random, needed, 0.5)), needed, 0.5, coarse).verdict === 'off') alarms += 1
      if (testShare(count(sample(random, needed, 0.6)), needed, 0.5, coarse).verdict !== 'off') misses += 1
    }
    // Four standard errors above the stated rate; and not far below it either, or the test would waste requests.
    const bound = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs)
    expect(alarms / runs).toBeLessThan(bound)
    expect(misses / runs).toBeLessThan(bound)
    expect(alarms / runs).toBeGreaterThan(0.02)
    expect(misses / runs).toBeGreaterThan(0.02)
  })
})

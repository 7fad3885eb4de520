import { describe, expect, test } from 'vitest'
import { AlphaSpending, statementsPerRun } from './alpha-spending.ts'
import { draws } from './draws.fixture.ts'
import { mostRequests, SequentialShareTest } from './sequential-test.ts'
import { requestsNeeded } from './share-test.ts'
import type { ErrorRates } from './share-test.ts'

const defaults: ErrorRates = { alpha: 1e-6, beta: 1e-3, delta: 0.1 }
/** Rates that a simulation of some thousand runs can see. */
const coarse: ErrorRates = { alpha: 0.05, beta: 0.05, delta: 0.1 }

interface Run {
  readonly verdict: SequentialShareTest['verdict']
  readonly requests: number
}

/** Requests of a mesh with this share, sent in batches as the test asks for them, or one at a time. */
function simulate(random: () => number, share: number, wanted: number, rates: ErrorRates, atOnce?: number): Run {
  const shareTest = new SequentialShareTest(wanted, rates)
  while (shareTest.verdict === 'open' && shareTest.requests < 100_000) {
    const batch = atOnce ?? shareTest.next
    let seen = 0
    for (let i = 0; i < batch; i++) if (random() < share) seen += 1
    shareTest.take(seen, batch)
  }
  return { verdict: shareTest.verdict, requests: shareTest.requests }
}

function simulateMany(runs: number, seed: number, one: (random: () => number) => Run): { off: number; asWanted: number; requests: number } {
  const random = draws(seed)
  const ended = Array.from({ length: runs }, () => one(random))
  const rate = (wanted: Run['verdict']): number => ended.filter(({ verdict }) => verdict === wanted).length / runs
  return { off: rate('off'), asWanted: rate('as-wanted'), requests: ended.reduce((sum, { requests }) => sum + requests, 0) / runs }
}

describe('the sequential test of a share', () => {
  const runs = 3000
  /** Four standard errors above the stated rate. */
  const bound = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs)

  for (const wanted of [0.1, 0.33, 0.5, 0.9])
    test(`raises false alarms of ${wanted} and misses no more often than it says`, () => {
      const right = simulateMany(runs, 11, (random) => simulate(random, wanted, wanted, coarse))
      expect(right.off).toBeLessThan(bound)
      expect(right.asWanted + right.off).toBe(1)
      for (const share of [wanted - 0.1, wanted + 0.1].filter((one) => one > -1e-9 && one < 1 + 1e-9)) {
        const wrong = simulateMany(runs, 13, (random) => simulate(random, share, wanted, coarse))
        expect(wrong.asWanted).toBeLessThan(bound)
      }
    })

  test('does so when somebody looks after every single request', () => {
    expect(simulateMany(runs, 17, (random) => simulate(random, 0.5, 0.5, coarse, 1)).off).toBeLessThan(bound)
    expect(simulateMany(runs, 19, (random) => simulate(random, 0.6, 0.5, coarse, 1)).asWanted).toBeLessThan(bound)
  })

  test('a mesh with a share of 60/40 is found with the rates of the settings, and a correct one never fails', () => {
    expect(simulateMany(2000, 23, (random) => simulate(random, 0.6, 0.5, defaults)).off).toBeGreaterThan(0.998)
    expect(simulateMany(2000, 29, (random) => simulate(random, 0.5, 0.5, defaults)).asWanted).toBe(1)
  })

  // A. Wald: what a test costs that looks after each request is the least that a test with these rates can cost.
  for (const wanted of [0.5, 0.9])
    test(`of ${wanted}: batches cost at most a fifth more than single requests, and far less than a fixed test`, () => {
      const batches = simulateMany(2000, 31, (random) => simulate(random, wanted, wanted, defaults)).requests
      const single = simulateMany(2000, 31, (random) => simulate(random, wanted, wanted, defaults, 1)).requests
      expect(batches / single).toBeLessThan(1.2)
      expect(batches).toBeLessThan(0.5 * requestsNeeded(wanted, defaults))
    })

  test('one request where none is wanted decides', () => {
    const shareTest = new SequentialShareTest(0, defaults)
    shareTest.take(1, 2)
    expect(shareTest.verdict).toBe('off')
  })

  test.each([0, 1])('of a share of %d so many are sent before the next look as would show it: one that cannot be is seen among them', (wanted) => {
    const shareTest = new SequentialShareTest(wanted, defaults)
    const { next } = shareTest
    expect(next).toBe(Math.ceil(Math.log(defaults.beta) / Math.log(1 - defaults.delta)))
    shareTest.take(wanted * next, next)
    expect(shareTest.verdict).toBe('as-wanted')
  })

  test('a share of 5 % that gets nothing is off, although it is within ten points', () => {
    const { off, requests } = simulateMany(20, 37, (random) => simulate(random, 0, 0.05, defaults))
    expect(off).toBe(1)
    expect(requests).toBeLessThan(330)
    expect(simulateMany(200, 41, (random) => simulate(random, 0.05, 0.05, defaults)).asWanted).toBe(1)
  })

  test('a share in the middle between two is decided, too, before the most requests are sent', () => {
    const { requests } = simulateMany(200, 43, (random) => simulate(random, 0.55, 0.5, defaults))
    expect(requests).toBeLessThan(mostRequests(0.5, defaults) / 2)
  })
})

describe('the α of a run', () => {
  test('is never spent, however many statements there are, and the first gets nearly the α of the settings', () => {
    const spending = new AlphaSpending(1e-6)
    const first = spending.next()
    expect(first).toBeLessThan(1e-6)
    expect(first).toBeGreaterThan(0.99e-6)
    let sum = first
    for (let i = 0; i < 100_000; i++) sum += spending.next()
    expect(sum).toBeLessThan(statementsPerRun * 1e-6)
    expect(sum).toBeGreaterThan(0.99 * statementsPerRun * 1e-6)
  })

  test('is divided among processes and shards', () => expect(new AlphaSpending(1e-6, 4).next()).toBeCloseTo(new AlphaSpending(1e-6).next() / 4, 15))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeadlineSchedule } from './deadline-schedule.ts'

const weighted = (weights: readonly number[], start = 0) => {
  const schedule = new DeadlineSchedule(
    weights.map((_, i) => i),
    (i) => weights[i]!,
    start,
  )
  return (count: number): number[] => Array.from({ length: count }, () => schedule.pick())
}

test('of equal deadlines the one that waits longest comes first', () => {
  expect(weighted([2, 1])(8)).toEqual([0, 1, 0, 0, 1, 0, 0, 1])
  expect(weighted([1, 2])(8)).toEqual([1, 0, 1, 1, 0, 1, 1, 0])
})

test('a round may begin anywhere in it', () => {
  const beginnings = [0, 1, 2, 3].map((start) => weighted([1, 2], start)(6).join(''))
  expect(beginnings).toEqual(['101101', '011011', '110110', '101101'])
})

test('picks that are over leave what they would have left, one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), fc.nat(60), (weights, start) => {
      // Roots of primes have no ratio in whole numbers, so that no deadlines are equal: what comes of those is decided by the last bits.
      const apart = weights.map((weight, i) => weight + Math.sqrt([2, 3, 5, 7, 11][i]!) * 1e-3)
      expect(weighted(apart, start)(20)).toEqual(weighted(apart)(start + 20).slice(start))
    }),
  )
})

test('however many are over, shares are kept', () => {
  const picks = weighted([1, 3, 2], 400_000_000)(600)
  expect([0, 1, 2].map((item) => picks.filter((one) => one === item).length)).toEqual([100, 300, 200])
})

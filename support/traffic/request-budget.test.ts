import { expect, test } from 'vitest'
import { RequestBudget } from './request-budget.ts'

test('grants what is left, and then nothing', () => {
  const budget = new RequestBudget(10)
  expect([7, 7, 1].map((requests) => budget.spend(requests))).toEqual([7, 3, 0])
})

test('without a bound grants everything', () => {
  const budget = new RequestBudget(null)
  expect([1000, 1000].map((requests) => budget.spend(requests))).toEqual([1000, 1000])
})

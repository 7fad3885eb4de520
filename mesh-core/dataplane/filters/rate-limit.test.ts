import type { RateLimit } from '../../ir/route.ts'
import { expect, test } from 'vitest'

import type { LimitFilter } from '../../ir/inserted-filter.ts'
import { noMutation } from '../../ir/route.ts'
import { SeededRandom } from '../../time/seeded-random.ts'
import { missingToken, TokenBuckets } from './rate-limit.ts'

const limit: RateLimit = {
  ...{ place: 'first', bucket: { maxTokens: 2, tokensPerFill: 1, fillIntervalMs: 1000 } },
  ...{ enabled: 1_000_000, enforced: 1_000_000, status: 429, responseHeaders: noMutation },
}

test('a bucket begins full, fills evenly, and never above its brim', () => {
  const buckets = new TokenBuckets()
  const taken = (...atMs: number[]): boolean[] => atMs.map((ms) => buckets.take('a', limit, ms))
  expect(taken(0, 0, 0)).toEqual([true, true, false])
  expect(taken(999, 1000, 1000)).toEqual([false, true, false])
  expect(taken(60_000, 60_000, 60_000)).toEqual([true, true, false])
})

test('each chain has its own, and a filter that says something else begins anew', () => {
  const buckets = new TokenBuckets()
  const small = { ...limit, bucket: { ...limit.bucket!, maxTokens: 1 } }
  expect([buckets.take('a', small, 0), buckets.take('a', small, 0), buckets.take('b', small, 0), buckets.take('a', limit, 0)]).toEqual([
    true,
    false,
    true,
    true,
  ])
})

test('what is not enabled takes no token, what is not enforced stops nobody', () => {
  const all = { buckets: new TokenBuckets(), chance: new SeededRandom(1), nowMs: 0 }
  const limits = (own: Partial<RateLimit>): LimitFilter[] => [
    { kind: 'limit', name: 'own', ...limit, bucket: { ...limit.bucket!, maxTokens: 1 }, ...own },
  ]
  const asked = (own: Partial<RateLimit>, count = 3): boolean[] =>
    Array.from({ length: count }, () => missingToken(limits(own), 0, 'a', all, null) !== null)
  expect(asked({ enabled: 0 })).toEqual([false, false, false])
  expect(asked({ enforced: 0 })).toEqual([false, false, false])
  expect(asked({})).toEqual([false, true, true])
  const halves = asked({ enforced: 500_000 }, 1000).filter(Boolean).length
  expect(halves).toBeGreaterThan(400)
  expect(halves).toBeLessThan(600)
})

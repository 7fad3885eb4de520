import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { Undecided } from '../verdicts/failure.ts'
import type { StatisticalTest } from '../verdicts/verdict.ts'
import type { CheckContext } from './check.ts'
import { decideShares } from './decide-shares.ts'
import type { ShareStatement } from './shares.ts'
import { draws } from './statistics/draws.fixture.ts'

const tests: StatisticalTest[] = []
const context = {
  clock: 'virtual',
  rates: { alpha: 1e-6, beta: 1e-3, delta: 0.1 },
  record: (one: StatisticalTest) => tests.push(one),
} as unknown as CheckContext

/** @param exact the odds that the target knows */
function half(exact: number | null): ShareStatement {
  return { text: 'about 50% succeed', share: 0.5, holdsFor: ({ response }) => response?.status === 200, exact: () => exact, reasons: () => '' }
}

/** Of the requests so many succeed, by chance; no more than `most` may be sent. */
function requests(times: number, share: number, most = Infinity) {
  const draw = draws(7)
  const sample: Exchange[] = []
  const looks: number[] = []
  const more = (wanted: number): Promise<readonly Exchange[]> => {
    const sent = Array.from(
      { length: Math.min(wanted, most - sample.length) },
      () => ({ response: { status: draw() < share ? 200 : 500 } }) as Exchange,
    )
    sample.push(...sent)
    if (sent.length > 0) looks.push(sample.length)
    return Promise.resolve(sent)
  }
  void more(times)
  return { load: { times }, sample, looks, more }
}

const sent = (): number => tests.at(-1)!.requests

describe('a statement about a share', () => {
  test('takes the requests of the scenario where these are enough', async () => {
    await expect(decideShares([half(null)], requests(2000, 0.5), context)).resolves.toBeUndefined()
    expect(sent()).toBe(2000)
    await expect(decideShares([half(null)], requests(2000, 0.3), context)).resolves.toMatch(/^about 50% succeed: it was (29|3\d)/)
    expect(sent()).toBe(2000)
  })

  test.each([1, 20, 100])('takes more of the same requests where %i are too few', async (times) => {
    await expect(decideShares([half(null)], requests(times, 0.5), context)).resolves.toBeUndefined()
    expect(sent()).toBeGreaterThan(100)
    await expect(decideShares([half(null)], requests(times, 0.2), context)).resolves.toMatch(/^about 50% succeed: it was /)
  })

  test('takes no more where the odds are known: these tell, however few the requests', async () => {
    await expect(decideShares([half(0.5)], requests(20, 0.5), context)).resolves.toBeUndefined()
    expect(sent()).toBe(20)
    await expect(decideShares([half(0.4)], requests(20, 0.5), context)).resolves.toMatch('the odds are 40%')
    expect(sent()).toBe(20)
  })

  test('is undecided when no more may be sent', async () => {
    const decided = decideShares([half(null)], requests(20, 0.5, 60), context)
    await expect(decided).rejects.toThrow(Undecided)
    await expect(decided).rejects.toThrow(/of 60 were too few requests to tell 50% from a share that is 10% off .*no more may be sent/)
  })
})

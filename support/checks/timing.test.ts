import { expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { Check, CheckContext } from './check.ts'
import { takesAbout, takesAtLeast, takesBetween, takesLessThan } from './timing.ts'

const cases: { check: Check; clock: 'virtual' | 'wall'; holds: number[]; fails: number[] }[] = [
  { check: takesAbout(7000), clock: 'virtual', holds: [6650, 7000, 7350], fails: [6649, 7351] },
  { check: takesAbout(7000), clock: 'wall', holds: [6500, 7500], fails: [6499, 7501] },
  { check: takesAbout(20_000), clock: 'wall', holds: [19_000, 21_000], fails: [18_999, 21_001] }, // 5 % is more than 500 ms
  { check: takesAbout(100), clock: 'wall', holds: [0, 600], fails: [601] },
  { check: takesLessThan(1000), clock: 'virtual', holds: [999.9], fails: [1000] },
  { check: takesAtLeast(1000), clock: 'virtual', holds: [1000], fails: [999.9] },
  { check: takesBetween(5900, 6500), clock: 'virtual', holds: [5900, 6500], fails: [5899, 6501] },
]

for (const [i, { check, clock, holds, fails }] of cases.entries())
  for (const durationMs of [...holds, ...fails])
    test(`row ${i + 1}: ${durationMs} ms on a ${clock} clock`, () => {
      const complaint = check([{ durationMs, response: null, error: null, hops: [] as Exchange['hops'] } as Exchange], { clock } as CheckContext)
      expect(complaint === undefined).toBe(holds.includes(durationMs))
    })

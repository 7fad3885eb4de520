import { expect, test } from 'vitest'
import { compareShares, upperGamma } from './shares.ts'

test.each([
  // chi-square quantiles: 95 % of 1 degree, 99 % of 3, 99.9 % of 10
  [0.5, 3.841458821 / 2, 0.05],
  [1.5, 11.34486673 / 2, 0.01],
  [5, 29.588298445 / 2, 0.001],
  [0.5, 23.928127 / 2, 1e-6],
])('upperGamma(%d, %d) is %d', (s, x, p) => expect(upperGamma(s, x) / p).toBeCloseTo(1, 4))

const cases: { wanted: Record<string, number>; seen: Record<string, number>; times?: number; complaint: RegExp | null }[] = [
  { wanted: { v1: 400 }, seen: { v1: 400 }, complaint: null },
  { wanted: { v1: 400 }, seen: { v1: 399 }, complaint: /equal/ }, // exact odds
  { wanted: { v1: 400 }, seen: { v2: 400 }, complaint: /never|must/ },
  { wanted: { v1: 203, v2: 197 }, seen: { v1: 188, v2: 212 }, complaint: null },
  { wanted: { v1: 203, v2: 197 }, seen: { v1: 280, v2: 120 }, complaint: /odds/ },
  { wanted: { v1: 1984, v2: 16 }, seen: { v1: 2000 }, complaint: /v2 must occur/ },
  { wanted: { v1: 1998, v2: 2 }, seen: { v1: 2000 }, complaint: null }, // so rare that it may be missing
  { wanted: { v1: 100, v2: 100 }, seen: { v1: 100, v2: 90, v3: 10 }, complaint: /v3 never/ },
  { wanted: { v1: 148, v2: 130, v3: 133 }, seen: { v1: 140, v2: 129, v3: 150 }, complaint: null }, // tries differ in number
  { wanted: { v1: 100, v2: 100 }, seen: { v1: 200, v2: 200 }, complaint: /in all/ },
  { wanted: {}, seen: {}, complaint: null },
  { wanted: { v1: 301 }, seen: { v1: 314 }, times: 600, complaint: null }, // half of the calls reach nobody
  { wanted: { v1: 301 }, seen: { v1: 600 }, times: 600, complaint: /none/ },
  { wanted: { v1: 301 }, seen: { v1: 200 }, times: 600, complaint: /odds/ },
  { wanted: {}, seen: { v1: 20 }, times: 600, complaint: /v1 never/ },
]

for (const { wanted, seen, times = 0, complaint } of cases)
  test(`${JSON.stringify(wanted)} and ${JSON.stringify(seen)} of ${times}`, () => {
    const said = compareShares(wanted, seen, times)
    if (complaint === null) expect(said).toBeNull()
    else expect(said).toMatch(complaint)
  })

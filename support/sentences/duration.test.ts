import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

const cases: [text: string, ms: number][] = [
  ['7s', 7000],
  ['250ms', 250],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['0.5s', 500],
]
for (const [text, ms] of cases) test(text, () => expect(parseDuration(text)).toBe(ms))

const written: [ms: number, text: string][] = [
  [6012.3456, '6.012s'],
  [999.96, '1000ms'],
  [0.25, '0.3ms'],
  [2000, '2s'],
]
for (const [ms, text] of written) test(`${ms} ms as ${text}`, () => expect(formatDuration(ms)).toBe(text))

import { expect, test } from 'vitest'
import { durationMs } from './fields.ts'

test.each<[value: unknown, ms: number | null]>([
  ['1.5s', 1500],
  ['100ms', 100],
  ['0.002m', 120],
  ['0h0m0.2s', 200],
  ['200000us', 200],
  ['-1s', -1000],
  ['0s', 0],
  [{ seconds: '2', nanos: 5e6 }, 2005],
  ['soon', null],
  [undefined, null],
])('a duration of %j', (value, ms) => expect(durationMs(value)).toBe(ms))

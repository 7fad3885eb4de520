import { expect, test } from 'vitest'
import { formatTime } from './time-pattern.ts'

const ms = Date.UTC(2026, 10, 9, 3, 4, 5, 67)

test.each([
  ['%Y-%m-%dT%H:%M:%E3SZ', '2026-11-09T03:04:05.067Z'],
  ['%F %T.%3f', '2026-11-09 03:04:05.067'],
  ['%s.%6f', '1794193445.067000'],
  ['%f', '067000000'],
  ['%y/%R%z %Z 100%%', '26/03:04+0000 UTC 100%'],
  ['plain', 'plain'],
])('%s is %s', (pattern, text) => expect(formatTime(pattern)!(ms)).toBe(text))

test('what is not modelled is none', () => expect(['%j', '%B %Y'].map(formatTime)).toEqual([null, null]))

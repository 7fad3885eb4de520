import { expect, test } from 'vitest'
import { celProblem } from './cel-syntax.ts'

test.each([
  'response.code >= 400',
  "connection.mtls && request.url_path.contains('v1beta3')",
  'has(request.headers) ? !true : -1 in [1, 2,]',
  '{"a": 1, "b": {"c": [.5e3, 0x1Fu, r"\\d"]}}.a',
  'google.protobuf.Duration{seconds: 5} == duration("5s") // as long',
  '!!a || --1 < 2',
  'a.exists(x, x > 1) && a.`b-c` && has((a.b))',
  '-9223372036854775808',
])('%s is an expression', (text) => {
  expect(celProblem(text)).toBeNull()
})

test.each([
  '',
  ')++++',
  'a &&',
  'a b',
  'a ? b',
  '[1, 2',
  'f(,)',
  '"open',
  'a = b',
  'x.',
  '{1}',
  'a == == b',
  '#',
  'has(a[0])',
  'a.map(b.c, d)',
  'a.?b',
  'if',
  '9223372036854775809',
  String.raw`"\q"`,
])('%s is none', (text) => {
  expect(celProblem(text)).not.toBeNull()
})

import { describe, expect, test } from 'vitest'
import { parseLooseJson } from './loose-json.ts'

// As Envoy 1.40.0 takes the payload of a token.
test.each([
  ['{"a":1,"b":[true,null,-0.5e2]}', { a: 1, b: [true, null, -50] }],
  [' {"a" : {} } \n', { a: {} }],
  [`{'a':'it\\'s'}`, { a: "it's" }],
  ['{a:1,$b_2:2}', { a: 1, $b_2: 2 }],
  ['{"a":[1,],}', { a: [1] }],
  ['{"a":"x\ty\\u00e9\\n"}', { a: 'x\tyé\n' }],
  ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
  [`{"a":${'['.repeat(99)}${']'.repeat(99)}}`, expect.anything()],
])('%s', (text, value) => {
  expect(parseLooseJson(text)).toEqual(value)
})

describe('refused', () => {
  test.each([
    '{"a":1,"a":1}',
    '{,"a":1}',
    '{"a":1,,}',
    '{"a":1 "b":2}',
    '{"a"=1}',
    '{5:1}',
    '{null:1}',
    '{"a":1} x',
    '{"a":1}{}',
    '\ufeff{"a":1}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":5.}',
    '{"a":1e400}',
    '{"a":NaN}',
    '{"a":True}',
    '{"a":"\\q"}',
    '{"a":"\\ud800"}',
    '{"a":"x',
    '{"a":1',
    '',
    `{"a":${'['.repeat(130)}${']'.repeat(130)}}`,
  ])('%s', (text) => {
    expect(() => parseLooseJson(text)).toThrow(SyntaxError)
  })
})

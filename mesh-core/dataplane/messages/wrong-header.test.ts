import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import { haveWrongName, haveWrongValue, isToken, wrongHeader } from './wrong-header.ts'

test.each([
  ['every name', ['a', '1', 'b c', '2'], [true, false], 'invalid header name: b c'],
  ['every value', ['a', '1', 'b', '2\n'], [false, true], 'invalid header value for: b'],
  ['a tab, which values may have', ['a', '1\t2'], [false, false], null],
  ['what HTTP has', ['x-a', ''], [false, false], null],
])('%s is looked at', (_, fields, [hasName, hasValue], problem) => {
  const headers = new Headers(fields)
  expect([haveWrongName(headers), haveWrongValue(headers), wrongHeader(headers)]).toEqual([hasName, hasValue, problem])
})

test('what was no token is none the second time', () => {
  expect(['x y', 'x y', 'x-y', 'x-y'].map(isToken)).toEqual([false, false, true, true])
})

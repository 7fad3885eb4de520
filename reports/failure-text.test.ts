import { expect, test } from 'vitest'
import { failureText } from './failure-text.ts'

const message = 'Error: function has 1 arguments, should have 2 (if synchronous or returning a promise) or 3 (if accepting a callback)'

test.each([
  ['a table below', message, true, 'a table or a text stands below this sentence, which takes neither'],
  ['nothing below', message, false, message],
  ['a table below, of a step that lacks more', message.replace('has 1', 'has 0'), true, message.replace('has 1', 'has 0')],
])('a step with an argument too few, and %s', (_, said, below, text) => {
  const result = { status: 'FAILED', duration: { seconds: 0, nanos: 0 }, message: said } as Parameters<typeof failureText>[0]
  expect(failureText(result, below)).toBe(text)
})

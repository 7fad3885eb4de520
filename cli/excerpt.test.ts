import { expect, test } from 'vitest'
import { excerpt, Excerpts } from './excerpt.ts'

test('the line with what stands above it, and a caret below the column', () => {
  expect(excerpt(['a: 1', 'b:', '  c: fast', ''], { line: 3, column: 6 })).toBe('1 | a: 1\n2 | b:\n3 |   c: fast\n  |      ^')
})

test('a tab stays a tab before the caret', () => {
  expect(excerpt(['\tx: 1'], { line: 1, column: 2 })).toBe('1 | \tx: 1\n  | \t^')
})

test('lines end as the file has them', () => {
  const excerpts = new Excerpts()
  excerpts.add('<stdin>', 'a: 1\r\nb: 2\nc: 3')
  expect(excerpts.at('<stdin>', { line: 3, column: 1 })).toBe('1 | a: 1\n2 | b: 2\n3 | c: 3\n  | ^')
})

import { expect, test } from 'vitest'
import { excerpt } from './excerpt.ts'

test('the line with what stands above it, and a caret below the column', () => {
  expect(excerpt('a: 1\nb:\n  c: fast\n', { line: 3, column: 6 })).toBe('1 | a: 1\n2 | b:\n3 |   c: fast\n  |      ^')
})

test('a tab stays a tab before the caret', () => {
  expect(excerpt('\tx: 1', { line: 1, column: 2 })).toBe('1 | \tx: 1\n  | \t^')
})

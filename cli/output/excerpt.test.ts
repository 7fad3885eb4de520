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
  excerpts.add('<stdin>', 'a: 1\r\nb: 2\rc: 3')
  expect(excerpts.at('<stdin>', { line: 3, column: 1 })).toBe('1 | a: 1\n2 | b: 2\n3 | c: 3\n  | ^')
})

test('of a long line what stands around the place', () => {
  const long = `${'a'.repeat(300)}HERE${'b'.repeat(300)}`
  const [above, there, caret] = excerpt([long, long], { line: 2, column: 301 }).split('\n')
  expect(above).toBe(`1 | ${'a'.repeat(160)}…`)
  expect(there).toBe(`2 | …${'a'.repeat(80)}HERE${'b'.repeat(76)}…`)
  expect(there!.indexOf('HERE')).toBe(caret!.indexOf('^'))
  const [whole, below] = excerpt([`${'a'.repeat(150)}HERE`], { line: 1, column: 151 }).split('\n')
  expect(whole).toBe(`1 | ${'a'.repeat(150)}HERE`)
  expect(whole!.indexOf('HERE')).toBe(below!.indexOf('^'))
})

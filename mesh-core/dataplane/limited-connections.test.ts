import { expect, test } from 'vitest'
import { OpenConnections } from './limited-connections.ts'

const limit = (most: number) => ({ most, delayMs: 0 })

test('a connection counts until it is closed, also one that is beyond the limit', () => {
  const open = new OpenConnections()
  const limits = [limit(1)]
  expect([open.open('a', limits), open.open('a', limits), open.open('b', limits)]).toEqual([null, limits[0], null])
  open.close('a', limits)
  expect(open.open('a', limits)).toBe(limits[0])
  open.close('a', limits)
  open.close('a', limits)
  expect(open.open('a', limits)).toBeNull()
})

test('one that the first limit keeps out is taken from the second, too, which takes nobody any more', () => {
  const open = new OpenConnections()
  const limits = [limit(1), limit(3)]
  expect([open.open('a', limits), open.open('a', limits), open.open('a', limits)]).toEqual([null, limits[0], limits[0]])
  for (let i = 0; i < 3; i++) open.close('a', limits)
  expect(open.open('a', limits)).toBe(limits[1])
})

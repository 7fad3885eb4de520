import { expect, test } from 'vitest'
import { extentOf, roundsFor, wider } from './extent.ts'

const of = (...kinds: readonly string[]) => extentOf(kinds.map((kind) => ({ kind })))

test('routes alone are of VirtualServices alone', () => {
  expect(of()).toBe('nothing')
  expect(of('VirtualService', 'VirtualService')).toBe('routes')
  expect(of('VirtualService', 'DestinationRule')).toBe('all')
  expect(of('HTTPRoute')).toBe('all')
})

test('of two changes the wider one counts, whichever came first', () => {
  expect([wider('nothing', 'routes'), wider('all', 'routes'), wider('routes', 'all'), wider('nothing', 'nothing')]).toEqual([
    'routes',
    'all',
    'all',
    'nothing',
  ])
})

test('one round of the barrier is enough for routes', () => expect([roundsFor('routes'), roundsFor('all')]).toEqual([1, 2]))

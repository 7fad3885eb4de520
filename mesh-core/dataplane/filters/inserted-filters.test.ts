import { expect, test } from 'vitest'
import type { InsertedFilter, RouteFilters } from '../../ir/inserted-filter.ts'
import { isThere, toldNothing } from './told-by-route.ts'

const filter: InsertedFilter = { kind: 'buffer', place: 'last', name: 'a', maxBytes: 1 }
const off: RouteFilters = { a: { kind: 'off' } }
const on: RouteFilters = { a: { kind: 'on' } }

test.each<[string, InsertedFilter, RouteFilters[], boolean]>([
  ['nobody says anything', filter, [], true],
  ['nobody says anything of one that is off', { ...filter, isOff: true }, [], false],
  ['the nearest decides', filter, [off, on], false],
  ['the nearest turns it on', { ...filter, isOff: true }, [on, off], true],
  ['who says nothing leaves it to the next', filter, [{ b: { kind: 'off' } }, off], false],
])('a request meets a filter where it is on: %s', (_, one, levels, wanted) => expect(isThere(one, { ...toldNothing, levels })).toBe(wanted))

test('what istiod says of faults at a route turns a filter of that name on', () => {
  const fault = { delay: null, abort: null, origin: { file: 'a.yaml', document: 0, line: 1, col: 1, resource: 'EnvoyFilter default/a', path: [] } }
  const own: InsertedFilter = { kind: 'fault', place: 'last', name: 'envoy.filters.http.fault', fault, isOff: true }
  expect(isThere(own, { ...toldNothing, fault })).toBe(true)
  expect(isThere({ ...own, name: 'own' }, { ...toldNothing, fault })).toBe(false)
})

import { describe, expect, test } from 'vitest'

import type { StringMatch } from '../ir/match.ts'
import { compileQueryMatch, explainQueryMatch, firstQueryParameter } from './query.ts'

const origin = { file: 'x.yaml', document: 0, resource: 'VirtualService default/b', path: [] }
const exact = (value: string): StringMatch => ({ kind: 'exact', value, ignoreCase: false })

describe('firstQueryParameter', () => {
  test.each<[string, string, string | null]>([
    ['/?k=one&k=two', 'k', 'one'],
    ['/?x=1&k=v=w', 'k', 'v=w'],
    ['/?&&k=1&', 'k', '1'],
    ['/?k', 'k', ''],
    ['/?k=', 'k', ''],
    ['/?a=1;k=1', 'k', null], // a semicolon separates nothing
    ['/?x=1?k=1', 'k', null], // only the first question mark begins the query
    ['/?%6b=1', 'k', null], // names are not decoded
    ['/?k=%31', 'k', '%31'], // nor are values
    ['/?K=1', 'k', null],
    ['/?', 'k', null],
    ['/k=1', 'k', null],
  ])('of %s, %s is %j', (target, name, value) => expect(firstQueryParameter(target, name)).toBe(value))
})

test('a condition holds for the first value alone', () => {
  const matches = compileQueryMatch({ name: 'k', match: exact('one'), origin })
  expect(['/?k=one&k=two', '/?k=two&k=one', '/'].map(matches)).toEqual([true, false, false])
})

test('presence holds for a parameter without a value', () => {
  const matches = compileQueryMatch({ name: 'debug', match: { kind: 'present' }, origin })
  expect(['/?debug', '/?debug=', '/?x=debug'].map(matches)).toEqual([true, true, false])
})

test('the reason says what was there and what was wanted', () => {
  const match = { name: 'k', match: exact('1'), origin }
  expect(explainQueryMatch(match, '/?k=2')).toBe('query parameter k is "2", wanted exactly "1"')
  expect(explainQueryMatch(match, '/')).toBe('query parameter k is missing, wanted exactly "1"')
})

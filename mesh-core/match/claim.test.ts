import { describe, expect, test } from 'vitest'
import type { ClaimMatch, StringMatch } from '../ir/match.ts'
import { type Claims, Headers, type HttpRequest } from '../ir/message.ts'
import { compileClaimMatch, explainClaimMatch } from './claim.ts'

const origin = { file: 'x.yaml', document: 0, resource: 'VirtualService default/b', path: [] }
const exact = (value: string): StringMatch => ({ kind: 'exact', value, ignoreCase: false })
const all: Claims = { sub: 'jason', groups: ['admin', 'dev'], nested: { key: 'v', 'a.b': 'w' }, num: 42, yes: true, empty: '' }

function request(claims?: Claims): HttpRequest {
  const headers = new Headers(['@request.auth.claims.sub', 'jason', 'request.auth.claims.sub', 'jason'])
  return { method: 'GET', scheme: 'http', authority: 'c', path: '/', headers, body: '', ...(claims && { claims }) }
}

function claim(path: string, match: StringMatch, invert = false): ClaimMatch {
  return { claim: path.split('/'), match, invert, origin }
}

// As observed of Envoy.
const cases: readonly (readonly [about: string, match: ClaimMatch, of: HttpRequest, holds: boolean])[] = [
  ['a text', claim('sub', exact('jason')), request(all), true],
  ['another text', claim('sub', exact('anna')), request(all), false],
  ['one of a list', claim('groups', exact('dev')), request(all), true],
  ['none of a list', claim('groups', exact('ops')), request(all), false],
  ['a regex takes the whole of one', claim('groups', { kind: 'regex', pattern: 'ad.*' }), request(all), true],
  ['a claim of a claim', claim('nested/a.b', exact('w')), request(all), true],
  ['an object is no text', claim('nested', exact('v')), request(all), false],
  ['nor is a number', claim('num', exact('42')), request(all), false],
  ['nor is true', claim('yes', exact('true')), request(all), false],
  ['the empty text', claim('empty', exact('')), request(all), true],
  ['a claim that is missing is no empty text', claim('none', exact('')), request(all), false],
  ['a header of the name is no claim', claim('sub', exact('jason')), request(), false],
  ['without, and it is there', claim('sub', exact('jason'), true), request(all), false],
  ['without, and another is there', claim('sub', exact('anna'), true), request(all), true],
  ['without, and there is no token', claim('sub', exact('jason'), true), request(), true],
]

test.each(cases)('%s', (_, match, of, holds) => {
  expect(compileClaimMatch(match)(of)).toBe(holds)
})

describe('explanations name the claim, what it was and what was wanted', () => {
  test.each([
    [claim('groups', exact('ops')), request(all), 'claim groups is ["admin","dev"], wanted exactly "ops"'],
    [claim('nested/x', exact('v')), request(all), 'claim nested.x is missing, wanted exactly "v"'],
    [claim('sub', exact('jason'), true), request(all), 'claim sub is "jason", wanted not exactly "jason"'],
    [claim('sub', exact('jason')), request(), 'claim sub is missing, for the request has no token that was verified, wanted exactly "jason"'],
  ])('%#', (match, of, text) => {
    expect(explainClaimMatch(match, of)).toBe(text)
  })
})

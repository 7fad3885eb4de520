import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { HeaderMatch, StringMatch } from '../ir/match.ts'
import { Headers } from '../ir/message.ts'
import type { HttpRequest } from '../ir/message.ts'
import { compileHeaderMatch, explainHeaderMatch } from './header.ts'

const origin = { file: 'x.yaml', document: 0, resource: 'VirtualService default/b', path: [] }
const exact = (value: string): StringMatch => ({ kind: 'exact', value, ignoreCase: false })
const regex = (pattern: string): StringMatch => ({ kind: 'regex', pattern })

function request(...fields: string[]): HttpRequest {
  return { method: 'PUT', scheme: 'http', authority: 'c:80', path: '/p?x=1', headers: new Headers(fields), body: '' }
}

function header(name: string, match: HeaderMatch['match'], more: Partial<HeaderMatch> = {}): HeaderMatch {
  return { name, match, invert: false, treatMissingAsEmpty: false, origin, ...more }
}

const without = { invert: true, treatMissingAsEmpty: true }
const zeroTo4 = { kind: 'range', start: 0, end: 5 } as const

const cases: { about: string; match: HeaderMatch; accepts: string[][]; rejects: string[][] }[] = [
  { about: 'exact, with case', match: header('x', exact('a')), accepts: [['x', 'a']], rejects: [[], ['x', 'A'], ['x', 'ab'], ['x', ''], ['y', 'a']] },
  // Observed: a single value that fits is enough, and the values are not joined.
  {
    about: 'repeated',
    match: header('x', exact('a')),
    accepts: [['x', 'b', 'x', 'a']],
    rejects: [
      ['x', 'b', 'x', 'c'],
      ['x', 'a,b'],
    ],
  },
  {
    about: 'regex for anything',
    match: header('x', regex('.*')),
    accepts: [
      ['x', ''],
      ['x', 'some'],
    ],
    rejects: [[]],
  },
  { about: 'present', match: header('x', { kind: 'present' }), accepts: [['x', '']], rejects: [[]] },
  { about: 'without value', match: header('x', exact('a'), without), accepts: [[], ['x', 'b'], ['x', '']], rejects: [['x', 'a']] },
  { about: 'without the empty value', match: header('x', exact(''), without), accepts: [['x', 'z']], rejects: [[], ['x', '']] },
  {
    about: 'without any',
    match: header('x', { kind: 'present' }, { invert: true }),
    accepts: [[]],
    rejects: [
      ['x', ''],
      ['x', 'a'],
    ],
  },
  // A missing header that counts as an empty one is there.
  { about: 'present, or counted so', match: header('x', { kind: 'present' }, { treatMissingAsEmpty: true }), accepts: [[], ['x', '']], rejects: [] },
  { about: 'without any, or counted so', match: header('x', { kind: 'present' }, without), accepts: [], rejects: [[], ['x', '']] },
  { about: 'a number from 0 to 4', match: header('x', zeroTo4), accepts: [['x', '4']], rejects: [[], ['x', '5'], ['x', 'a']] },
  {
    about: 'no number from 0 to 4',
    match: header('x', zeroTo4, { invert: true }),
    accepts: [
      ['x', '5'],
      ['x', 'a'],
    ],
    rejects: [[], ['x', '4']],
  },
  { about: 'missing or no number from 0 to 4', match: header('x', zeroTo4, without), accepts: [[], ['x', '5']], rejects: [['x', '4']] },
  { about: 'method', match: header(':method', exact('PUT')), accepts: [[]], rejects: [] },
  { about: 'path with query', match: header(':path', exact('/p?x=1')), accepts: [[]], rejects: [] },
  { about: 'authority with port', match: header(':authority', exact('c')), accepts: [], rejects: [[]] },
  { about: 'host is the authority', match: header('host', exact('c:80')), accepts: [[]], rejects: [] },
]

describe.each(cases)('$about', ({ match, accepts, rejects }) => {
  test.each(accepts.map((fields) => [fields]))('takes %j', (fields) => expect(compileHeaderMatch(match)(request(...fields))).toBe(true))
  test.each(rejects.map((fields) => [fields]))('does not take %j', (fields) => expect(compileHeaderMatch(match)(request(...fields))).toBe(false))
})

test('an inverted condition holds exactly when the plain one does not, but for a missing header that counts as nothing', () => {
  const value = fc.constantFrom('', 'a', 'b', 'ab')
  fc.assert(
    fc.property(value, fc.array(value, { maxLength: 3 }), fc.boolean(), (wanted, sent, treatMissingAsEmpty) => {
      const to = request(...sent.flatMap((one) => ['x', one]))
      const plain = compileHeaderMatch(header('x', exact(wanted), { treatMissingAsEmpty }))(to)
      expect(compileHeaderMatch(header('x', exact(wanted), { treatMissingAsEmpty, invert: true }))(to)).toBe(
        !plain && (sent.length > 0 || treatMissingAsEmpty),
      )
    }),
  )
})

test.each<[HeaderMatch, string[], string]>([
  [header('end-user', exact('jason')), ['end-user', 'anna'], 'header end-user is "anna", wanted exactly "jason"'],
  [header('end-user', exact('jason')), [], 'header end-user is missing, wanted exactly "jason"'],
  [header('x', regex('a+'), without), ['x', 'aa'], 'header x is "aa", wanted not a full match of /a+/'],
  [header('x', { kind: 'present' }, without), ['x', ''], 'header x is "", wanted none'],
  [header(':method', exact('GET')), [], 'header :method is "PUT", wanted exactly "GET"'],
])('%o on %j: %s', (match, fields, reason) => expect(explainHeaderMatch(match, request(...fields))).toBe(reason))

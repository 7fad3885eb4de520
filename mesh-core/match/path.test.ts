import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { PathMatch } from '../ir/match.ts'
import { compilePathMatch, explainPathMatch, pathWithoutQuery } from './path.ts'

const cases: { match: PathMatch; accepts: string[]; rejects: string[] }[] = [
  { match: { kind: 'exact', path: '/api', ignoreCase: false }, accepts: ['/api'], rejects: ['/api/', '/API', '/apis', '/', ''] },
  { match: { kind: 'exact', path: '/Api', ignoreCase: true }, accepts: ['/api', '/API'], rejects: ['/api/'] },
  { match: { kind: 'prefix', prefix: '/v2', ignoreCase: false }, accepts: ['/v2', '/v2/', '/v2beta'], rejects: ['/', '/V2', '/api/v2'] },
  { match: { kind: 'prefix', prefix: '/V2', ignoreCase: true }, accepts: ['/v2', '/V2beta'], rejects: ['/v1'] },
  { match: { kind: 'prefix', prefix: '/', ignoreCase: false }, accepts: ['/', '/x'], rejects: ['*', ''] },
  { match: { kind: 'segments', prefix: '/v2', ignoreCase: false }, accepts: ['/v2', '/v2/', '/v2/x'], rejects: ['/v2beta', '/v', '/V2'] }, // unlike `prefix`
  { match: { kind: 'segments', prefix: '/V2', ignoreCase: true }, accepts: ['/v2/x'], rejects: ['/v2beta'] },
  { match: { kind: 'regex', pattern: '/v[12]' }, accepts: ['/v1', '/v2'], rejects: ['/v2/x', '/api/v1', '/V1'] }, // no partial match
  { match: { kind: 'regex', pattern: '/a|/b.*' }, accepts: ['/a', '/bc'], rejects: ['/ab', 'x/a'] }, // anchors hold for each alternative
]

describe.each(cases)('$match', ({ match, accepts, rejects }) => {
  test.each(accepts)('takes %s', (path) => expect(compilePathMatch(match)(path)).toBe(true))
  test.each(rejects)('does not take %s', (path) => expect(compilePathMatch(match)(path)).toBe(false))
})

const segments = fc.array(fc.stringMatching(/^[a-z0-9.-]{1,4}$/), { minLength: 1, maxLength: 4 })
const pathOf = (parts: string[]) => `/${parts.join('/')}`

test('what is at or below a path is below it by segments, and then begins with it by characters', () => {
  fc.assert(
    fc.property(segments, segments, (base, more) => {
      const prefix = pathOf(base)
      const bySegments = compilePathMatch({ kind: 'segments', prefix, ignoreCase: false })
      expect(bySegments(pathOf([...base, ...more]))).toBe(true)
      const other = pathOf(more)
      if (bySegments(other)) expect(compilePathMatch({ kind: 'prefix', prefix, ignoreCase: false })(other)).toBe(true)
    }),
  )
})

test('an exact match is a prefix match in both directions', () => {
  fc.assert(
    fc.property(segments, segments, (one, other) => {
      const begins = (path: string, prefix: string) => compilePathMatch({ kind: 'prefix', prefix, ignoreCase: false })(path)
      const exact = compilePathMatch({ kind: 'exact', path: pathOf(one), ignoreCase: false })(pathOf(other))
      expect(exact).toBe(begins(pathOf(one), pathOf(other)) && begins(pathOf(other), pathOf(one)))
    }),
  )
})

test.each([
  ['/a', '/a'],
  ['/a?b=/c', '/a'],
  ['/a#f?x', '/a'],
  ['/a?x#f', '/a'],
  ['?x', ''],
])('the path of %s is %s', (target, path) => expect(pathWithoutQuery(target)).toBe(path))

test.each<[PathMatch, string, string]>([
  [{ kind: 'prefix', prefix: '/y', ignoreCase: false }, '/x', 'path "/x" does not begin with "/y"'],
  [{ kind: 'prefix', prefix: '/y', ignoreCase: true }, '/Y', 'path "/Y" begins with "/y" in any case'],
  [{ kind: 'exact', path: '/y', ignoreCase: false }, '/x', 'path "/x" is not "/y"'],
  [{ kind: 'segments', prefix: '/y', ignoreCase: false }, '/yy', 'path "/yy" is not "/y" or below it'],
  [{ kind: 'regex', pattern: '/y+' }, '/x', 'path "/x" as a whole does not match //y+/'],
])('%o on %s: %s', (match, path, reason) => expect(explainPathMatch(match, path)).toBe(reason))

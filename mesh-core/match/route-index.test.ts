import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpRequest, PathMatch, Route } from '../ir/index.ts'
import { Headers } from '../ir/index.ts'
import { compileHeaderMatch } from './header.ts'
import { compilePathMatch } from './path.ts'
import { compileRouteList } from './route-list.ts'
import { SharedConditions } from './shared-conditions.ts'

const origin = { file: 'f', document: 0, resource: 'r', path: [] }

/** So few texts that paths meet, prefix each other and differ in case alone. */
const text = fc.array(fc.constantFrom('/', 'a', 'A', 'b', 'İ'), { maxLength: 5 }).map((parts) => `/${parts.join('')}`)
const ignoreCase = fc.boolean()
const path: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), path: text, ignoreCase }),
  fc.record({ kind: fc.constant('prefix' as const), prefix: text, ignoreCase }),
  fc.record({ kind: fc.constant('segments' as const), prefix: text.filter((one) => !one.endsWith('/')), ignoreCase }),
  fc.record({ kind: fc.constant('regex' as const), pattern: fc.constantFrom('/a.*', '/[ab]+', '.*b') }),
)
const route = fc.record({ path, user: fc.constantFrom(null, null, 'a', 'b') }).map(({ path: match, user }): Pick<Route, 'match'> => {
  const header = {
    name: 'user',
    match: { kind: 'exact' as const, value: user ?? '', ignoreCase: false },
    invert: false,
    treatMissingAsEmpty: false,
    origin,
  }
  return { match: { path: match, pathOrigin: null, headers: user === null ? [] : [header], query: [] } }
})

function request(target: string, user: string): HttpRequest {
  return { method: 'GET', scheme: 'http', authority: 'a', path: target, headers: Headers.of({ user }), body: '' }
}

/** The definition: the first route, in order, whose path and headers all fit. */
function firstOf(routes: readonly Pick<Route, 'match'>[], asked: HttpRequest): number {
  return routes.findIndex(
    ({ match }) => compilePathMatch(match.path)(asked.path) && match.headers.every((header) => compileHeaderMatch(header)(asked)),
  )
}

test('whatever the length of the list, the first route that fits wins', () => {
  const lists = fc.oneof(fc.array(route, { maxLength: 12 }), fc.array(route, { minLength: 30, maxLength: 90 }))
  const law = (routes: Pick<Route, 'match'>[], asked: string[], user: string): void => {
    const find = compileRouteList(routes, new SharedConditions())
    for (const target of asked) expect(find(request(target, user), target)).toBe(firstOf(routes, request(target, user)))
  }
  fc.assert(fc.property(lists, fc.array(text, { minLength: 1, maxLength: 8 }), fc.constantFrom('a', 'b', 'c'), law), { numRuns: 400 })
})

function list(length: number): Pick<Route, 'match'>[] {
  return Array.from({ length }, (_, i) => {
    const own: PathMatch =
      i % 2 === 0 ? { kind: 'exact', path: `/e/${i}`, ignoreCase: false } : { kind: 'prefix', prefix: `/p/${i}/`, ignoreCase: false }
    return { match: { path: own, pathOrigin: null, headers: [], query: [] } }
  })
}

/** ms that the fastest of some rounds takes: a busy machine makes a round slower, never faster. */
function fastestRound(length: number, target: string): number {
  const find = compileRouteList(list(length), new SharedConditions())
  const asked = request(target, 'a')
  const rounds = Array.from({ length: 9 }, () => {
    const start = performance.now()
    for (let i = 0; i < 3000; i++) find(asked, target)
    return performance.now() - start
  })
  return Math.min(...rounds)
}

// Read through one after the other, a hundred times as many routes take a hundred times as long.
test.each(['/e/9998', '/p/9999/x', '/none'])('%s is found among 10,000 routes nearly as fast as among 100', (target) => {
  expect(fastestRound(10_000, target)).toBeLessThan(15 * fastestRound(100, target))
})

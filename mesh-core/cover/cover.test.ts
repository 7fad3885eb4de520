import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeaderMatch, PathMatch, QueryMatch, RouteMatch, StringMatch } from '../ir/match.ts'
import { Headers, type HttpRequest } from '../ir/message.ts'
import { pathWithoutQuery } from '../match/path.ts'
import { compileRouteList } from '../match/route-list.ts'
import { SharedConditions } from '../match/shared-conditions.ts'
import { type Box, common, covers, judge, type Point, takes, type Verdict } from './cover.ts'
import { Dimensions } from './dimension.ts'
import { clientConditions, RouteBoxes, valueAt } from './route-box.ts'

const origin = { file: 'a.yaml', document: 0, resource: 'VirtualService default/a', path: [] }
const audience = { authority: 'a', authorities: null, joined: new Set<string>() }

interface Asked {
  readonly path?: Partial<PathMatch>
  readonly headers?: readonly (readonly [name: string, match: StringMatch, invert?: boolean, treatMissingAsEmpty?: boolean])[]
  readonly query?: readonly (readonly [name: string, match: StringMatch, invert?: boolean])[]
}

function matchOf({ path, headers = [], query = [] }: Asked): RouteMatch {
  return {
    path: { ignoreCase: false, kind: 'prefix', prefix: '/', ...path } as PathMatch,
    pathOrigin: null,
    headers: headers.map(([name, match, invert = false, treatMissingAsEmpty = invert && match.kind !== 'present']): HeaderMatch => ({ name, match, invert, treatMissingAsEmpty, origin })), // prettier-ignore
    query: query.map(([name, match, invert = false]): QueryMatch => ({ name, match, invert, origin })),
  }
}

const exact = (value: string): StringMatch => ({ kind: 'exact', value, ignoreCase: false })
const prefix = (value: string): StringMatch => ({ kind: 'prefix', value, ignoreCase: false })
const regex = (pattern: string): StringMatch => ({ kind: 'regex', pattern })
const present: StringMatch = { kind: 'present' }
const at = (path: string): Asked => ({ path: { kind: 'exact', path } as PathMatch })
const below = (prefix: string): Asked => ({ path: { kind: 'prefix', prefix } as PathMatch })
const like = (pattern: string): Asked => ({ path: { kind: 'regex', pattern } as PathMatch })
const method = (name: string): Asked => ({ headers: [[':method', exact(name)]] })

function boxesOf(asked: readonly Asked[], dimensions: Dimensions): Box[] {
  const boxes = new RouteBoxes(dimensions, audience)
  return asked.map((one) => boxes.of(matchOf(one)))
}

/** Of the last of them. */
function verdictOf(asked: readonly Asked[]): Verdict {
  const dimensions = new Dimensions()
  const boxes = boxesOf(asked, dimensions)
  return judge(boxes.at(-1)!, boxes.slice(0, -1), dimensions)
}

/** A request that stands at the point. */
function requestAt(point: Point): HttpRequest {
  const headers = new Headers()
  const query: string[] = []
  for (const [{ name }, values] of point)
    for (const value of values) {
      const [kind, of] = name.split(' ') as [string, string]
      if (kind === 'header') headers.append(of, value)
      if (kind === 'query') query.push(`${of}=${value}`)
    }
  const one = (name: string, otherwise: string): string => valueAt(point, name)?.[0] ?? otherwise
  const path = `${one('path', '/')}${query.length > 0 ? `?${query.join('&')}` : ''}`
  return { method: one(':method', 'GET'), scheme: one(':scheme', 'http') as 'http', authority: one(':authority', 'a'), path, headers, body: '' }
}

/** By the data plane's own matcher: the index of the first rule that takes a request. */
function finder(asked: readonly Asked[]): (request: HttpRequest) => number {
  const find = compileRouteList(asked.map((one) => ({ match: matchOf(one) })), new SharedConditions()) // prettier-ignore
  return (request) => find(request, pathWithoutQuery(request.path))
}

function firstOf(asked: readonly Asked[], request: HttpRequest): number {
  return finder(asked)(request)
}

describe('the last of these rules', () => {
  const cases: readonly { about: string; rules: readonly Asked[]; dead?: readonly number[]; path?: string }[] = [
    { about: 'alone', rules: [at('/a')], path: '/a' },
    { about: 'below a shorter prefix', rules: [below('/a'), below('/a/b')], dead: [0] },
    { about: 'an exact path below a prefix', rules: [below('/a'), at('/ab')], dead: [0] },
    { about: 'a prefix behind an exact path', rules: [at('/a'), below('/a')], path: '/a/x' },
    { about: 'the same prefix with a header', rules: [below('/a'), { ...below('/a'), headers: [['x', exact('1')]] }], dead: [0] },
    { about: 'behind the same prefix with a header', rules: [{ ...below('/a'), headers: [['x', exact('1')]] }, below('/a')], path: '/a' },
    { about: 'no method behind GET', rules: [{ ...below('/a'), ...method('GET') }, below('/a/b')], path: '/a/b' },
    { about: 'exact jason behind exact jason-x', rules: [{ headers: [['u', exact('jason-x')]] }, { headers: [['u', exact('jason')]] }], path: '/' },
    { about: 'exact jason behind prefix j', rules: [{ headers: [['u', prefix('j')]] }, { headers: [['u', exact('jason')]] }], dead: [0] },
    {
      about: 'behind with and without a header',
      rules: [{ headers: [['x', present]] }, { headers: [['x', present, true]] }, below('/a')],
      dead: [0, 1],
    },
    { about: 'behind with exactly and without exactly', rules: [{ headers: [['x', exact('1')]] }, { headers: [['x', exact('1'), true]] }, {}], dead: [0, 1] }, // prettier-ignore
    { about: 'behind two of three', rules: [{ headers: [['x', exact('1')]] }, { headers: [['x', exact('2')]] }, { headers: [['x', present]] }], path: '/' }, // prettier-ignore
    { about: 'behind http and https', rules: [{ headers: [[':scheme', exact('http')]] }, { headers: [[':scheme', exact('https')]] }, at('/a')], dead: [0, 1] }, // prettier-ignore
    { about: 'a needless third', rules: [below('/b'), { headers: [['x', present]] }, { headers: [['x', present, true]] }, at('/a')], dead: [1, 2] },
    { about: 'a path without a slash', rules: [at('a')], dead: [] },
    { about: 'two values of one header may come at once', rules: [{ headers: [['x', exact('1')]] }, { headers: [['x', exact('2')]] }], path: '/' },
    { about: 'equal regexes', rules: [like('/a/[0-9]+'), like('/a/[0-9]+')], dead: [0] },
    { about: 'a regex within a regex', rules: [like('/a/.*'), like('/a/[0-9]+')], dead: [0] },
    { about: 'a regex that is not quite within', rules: [like('/a/[0-9]*'), like('/a/[0-9a-f]*')], path: '/a/a' },
    { about: 'two regexes make a third', rules: [like('/a/[0-4]'), like('/a/[5-9]'), like('/a/\\d')], dead: [0, 1] },
    { about: 'a prefix within a regex', rules: [like('/a.*'), below('/ab')], dead: [0] },
    { about: 'a regex in any case', rules: [like('(?i)/a'), at('/A')], dead: [0] },
    { about: 'a word boundary', rules: [like('/a\\b.*'), at('/a-b')], dead: [0] },
    { about: 'none within a word', rules: [like('/a\\b.*'), at('/ab')], path: '/ab' },
    { about: 'a regex that nothing matches', rules: [like('b/.*')], dead: [] },
    { about: 'a prefix by segments', rules: [{ path: { kind: 'segments', prefix: '/a' } as PathMatch }, at('/ab')], path: '/ab' },
    { about: 'at or below it', rules: [{ path: { kind: 'segments', prefix: '/a' } as PathMatch }, at('/a/b')], dead: [0] },
    { about: 'any case', rules: [{ path: { kind: 'prefix', prefix: '/A', ignoreCase: true } as PathMatch }, at('/a/b')], dead: [0] },
  ]
  test.each(cases)('$about', ({ rules, dead, path }) => {
    const verdict = verdictOf(rules)
    if (dead) return expect(verdict).toEqual({ kind: 'dead', by: dead })
    if (verdict.kind !== 'alive') return expect(verdict.kind).toBe('alive')
    const request = requestAt(verdict.point)
    expect([pathWithoutQuery(request.path), firstOf(rules, request)]).toEqual([path, rules.length - 1])
  })

  test('what is not understood is not decided', () => {
    expect(verdictOf([{ headers: [[':path', exact('/a')]] }, at('/a')])).toEqual({ kind: 'undecided' })
    expect(verdictOf([at('/b'), { ...at('/a'), headers: [[':path', exact('/a')]] }])).toEqual({ kind: 'undecided' })
  })
})

test('gateways of a match take the place of its labels', () => {
  const dimensions = new Dimensions()
  const gateways = ['mesh', 'default/gw']
  const box = (match: Parameters<typeof clientConditions>[0]): Box => ({ conditions: clientConditions(match, gateways, dimensions), opaque: false })
  const judged = (...matches: Parameters<typeof box>[0][]): Verdict => {
    const boxes = matches.map(box)
    return judge(boxes.at(-1)!, boxes.slice(0, -1), dimensions)
  }
  expect(judged({ gateways: ['mesh'] }, { gateways: ['default/gw'] }, { port: 80 })).toEqual({ kind: 'dead', by: [0, 1] })
  expect(judged({ gateways: ['mesh'], sourceLabels: { app: 'a' } }, { gateways: ['mesh'] })).toEqual({ kind: 'dead', by: [0] })
  expect(judged({ sourceLabels: { app: 'a' } }, { gateways: ['mesh'] }).kind).toBe('alive')
  expect(judged({ port: 80 }, { port: 8080 }, {}).kind).toBe('alive')
  expect(judged({ gateways: ['default/other'] })).toEqual({ kind: 'dead', by: [] })
})

// Small alphabets, so that a brute search sees every kind of request that rules can tell apart.
const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'abb']
const paths = ['/', '/a', '/b', '/ab', '/a/', '/a/b', '/ab/', '/aa']
const arbitraryText = fc.constantFrom(...texts.slice(1))
const arbitraryString: fc.Arbitrary<StringMatch> = fc.oneof(
  arbitraryText.map(exact),
  arbitraryText.map(prefix),
  fc.constant(present),
  fc.constantFrom('a.*', '[ab]', '.*', 'a|ab', 'b+').map(regex),
)
const arbitraryPath: fc.Arbitrary<PathMatch> = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), path: fc.constantFrom(...paths), ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('prefix' as const), prefix: fc.constantFrom(...paths, '/'), ignoreCase: fc.boolean() }),
  fc.record({ kind: fc.constant('segments' as const), prefix: fc.constantFrom('/a', '/b', '/ab', '/a/b'), ignoreCase: fc.constant(false) }),
  fc.record({ kind: fc.constant('regex' as const), pattern: fc.constantFrom('/a.*', '/[ab]', '/.*', '/a(/b)?', '.*b') }),
)
const arbitraryAsked: fc.Arbitrary<Asked> = fc.record({
  path: fc.oneof(fc.constant<PathMatch>({ kind: 'prefix', prefix: '/', ignoreCase: false }), arbitraryPath),
  headers: fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom('x', 'y'), arbitraryString, fc.boolean(), fc.boolean()),
      fc.tuple(fc.constant(':method'), fc.constantFrom('GET', 'POST').map(exact), fc.constant(false)),
    ),
    { maxLength: 2 },
  ),
  query: fc.array(fc.tuple(fc.constantFrom('q'), arbitraryString, fc.boolean()), { maxLength: 1 }),
})

const values = ['', 'a', 'b', 'ab', 'ba', 'aa', 'abb', 'z', 'az', 'bb']
const ofHeader = [[], ...values.map((value) => [value]), ['a', 'b'], ['ab', 'b'], ['b', 'z'], ['a', 'ba']]

function* allRequests(): Generator<HttpRequest> {
  for (const path of [...paths, '/z', '/az', '/a/z', '/A', '/B/'])
    for (const method of ['GET', 'POST'])
      for (const x of ofHeader)
        for (const y of [[], ['a'], ['b'], ['ab'], ['z']])
          for (const query of ['', '?q', '?q=a', '?q=b', '?q=ab', '?q=z'])
            yield { method, scheme: 'http', authority: 'a', path: path + query, headers: Headers.of({ x, y }), body: '' }
}

describe('held against every request of a small world', () => {
  test('a rule is dead if and only if nothing comes to it, and the point of one that is not comes to it', () => {
    const world = [...allRequests()]
    fc.assert(
      fc.property(fc.array(arbitraryAsked, { minLength: 2, maxLength: 5 }), (asked) => {
        const verdict = verdictOf(asked)
        const last = asked.length - 1
        expect(verdict.kind).not.toBe('undecided')
        if (verdict.kind === 'alive') expect(firstOf(asked, requestAt(verdict.point))).toBe(last)
        if (verdict.kind !== 'dead') return
        const [takes, isCovered] = [finder([asked[last]!]), finder(verdict.by.map((i) => asked[i]!))]
        expect(world.filter((request) => takes(request) === 0 && isCovered(request) < 0)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('two rules have in common what both take, and one covers another if all is in common', () => {
    const world = [...allRequests()]
    fc.assert(
      fc.property(arbitraryAsked, arbitraryAsked, (one, other) => {
        const dimensions = new Dimensions()
        const [a, b] = boxesOf([one, other], dimensions) as [Box, Box]
        const point = common([a, b], dimensions)
        const [first, second] = [finder([one]), finder([other])]
        if (point) expect([takes(a, point), takes(b, point), first(requestAt(point)), second(requestAt(point))]).toEqual([true, true, 0, 0])
        else expect(world.filter((request) => first(request) === 0 && second(request) === 0)).toEqual([])
        if (covers(a, b, dimensions)) expect(world.filter((request) => second(request) === 0 && first(request) < 0)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

import { expect, test } from 'vitest'
import type { HeaderMatch, HttpRequest, PathMatch, QueryMatch, Route } from '../ir/index.ts'
import { Headers } from '../ir/index.ts'
import { compileRouteList } from './route-list.ts'
import { SharedConditions } from './shared-conditions.ts'

const origin = { file: 'f', document: 0, resource: 'r', path: [] }

function header(name: string, value: string, invert = false): HeaderMatch {
  return { name, match: { kind: 'exact', value, ignoreCase: false }, invert, treatMissingAsEmpty: invert, origin }
}

function query(name: string, value: string): QueryMatch {
  return { name, match: { kind: 'exact', value, ignoreCase: false }, origin }
}

function route(path: PathMatch, headers: HeaderMatch[] = [], parameters: QueryMatch[] = []): Route {
  return { match: { path, pathOrigin: null, headers, query: parameters } } as unknown as Route
}

function get(path: string, headers: Record<string, string> = {}): HttpRequest {
  return { method: 'GET', scheme: 'http', authority: 'a', path, headers: Headers.of(headers), body: '' }
}

const routes: Route[] = [
  route({ kind: 'exact', path: '/a', ignoreCase: false }),
  route({ kind: 'exact', path: '/B', ignoreCase: true }),
  route({ kind: 'prefix', prefix: '/a/', ignoreCase: false }, [header('x-user', 'jason')]),
  route({ kind: 'prefix', prefix: '/A/', ignoreCase: true }, [header('x-user', 'jason', true)], [query('v', '1')]),
  route({ kind: 'segments', prefix: '/s', ignoreCase: false }),
  route({ kind: 'regex', pattern: '/r[0-9]' }),
  route({ kind: 'prefix', prefix: '/a/', ignoreCase: false }, [header('x-user', 'anna')]), // the same name, another value
  route({ kind: 'prefix', prefix: '/z', ignoreCase: false }),
]

test.each([
  [get('/a'), 0],
  [get('/a?x=1'), 0],
  [get('/b'), 1],
  [get('/a/1', { 'x-user': 'jason' }), 2],
  [get('/a/1?v=1'), 3],
  [get('/a/1', { 'x-user': 'anna' }), 6],
  [get('/a/1'), -1],
  [get('/s/1'), 4],
  [get('/st'), -1],
  [get('/r7'), 5],
  [get('/r77'), -1],
  [get('/zz'), 7],
])('%o takes route %d', (request, wanted) => {
  const shared = new SharedConditions()
  // A second list of the same table shares what it can, and must not answer for the first.
  const others = compileRouteList([...routes].reverse(), shared)
  const bare = request.path.split('?')[0]!
  expect(compileRouteList(routes, shared)(request, bare)).toBe(wanted)
  expect(others(request, bare)).toBe(wanted < 0 ? -1 : routes.length - 1 - wanted)
})

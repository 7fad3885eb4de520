import { expect, test } from 'vitest'
import { Headers, type HttpRequest } from '../../../ir/message.ts'
import { Given } from '../../../lua/values.ts'
import { HeaderMap } from './header-map.ts'

function edited(method: string, ...values: string[]): { readonly request: HttpRequest; readonly doubts: readonly string[] } {
  const request: HttpRequest = { method: 'GET', scheme: 'http', authority: 'b', path: '/p', headers: new Headers(['x-a', '1']), body: '' }
  const doubts: string[] = []
  const doubt = (what: string): never => {
    doubts.push(what)
    throw new Error(what)
  }
  const map = HeaderMap.ofRequest(request, { isOver: false }, doubt, () => {})
  try {
    map.kind.methods[method]!(map, new Given(method, values))
  } catch (error) {
    if (doubts.length === 0) throw error
  }
  return { request, doubts }
}

// Seen with Envoy 1.40.0: 404 without a path or a host, 503 without a method, and nothing without a scheme.
test.each([
  [':path', [':path of a message taken away']],
  ['Host', [':authority of a message taken away']],
  [':method', [':method of a message taken away']],
  [':scheme', []],
  ['X-A', []],
])('what becomes of a request that has lost %s', (name, doubts) => {
  expect(edited('remove', name).doubts).toEqual(doubts)
})

test('a header goes, whatever the case of its name, and what stands before the others is written where it belongs', () => {
  expect(edited('remove', 'X-A').request.headers.fields).toEqual([])
  expect(edited('replace', 'host', 'c').request).toMatchObject({ authority: 'c' })
  expect(edited('add', ':path', '/q').request).toMatchObject({ path: '/p,/q' })
})

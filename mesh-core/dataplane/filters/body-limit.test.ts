import { expect, test } from 'vitest'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import { outgrows } from './body-limit.ts'

const sent = (bytes: number, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  ...{ method: 'POST', scheme: 'http', authority: 'shop', path: '/', headers: new Headers(), body: 'x'.repeat(bytes) },
  ...rest,
})
const atOnce = { protocol: 'h2', atOnce: true } as const

test.each([
  ['as much as is taken', sent(4), 4, false],
  ['more', sent(5), 4, true],
  ['characters of several bytes', { ...sent(0), body: 'äää' }, 4, true],
  ['more over HTTP/2', sent(5, { protocol: 'h2' }), 4, true],
  ['more at once', sent(5, atOnce), 4, false],
  // HTTP/1.1 has no frames.
  ['more at once over HTTP/1.1', sent(5, { atOnce: true }), 4, true],
  ['two frames at once, the first of which is too much', sent(16_385, atOnce), 4, true],
  ['two frames at once, the first of which is not', sent(20_000, atOnce), 16_384, false],
])('a body of %s', (_, request, mostBytes, expected) => expect(outgrows(request, mostBytes)).toBe(expected))

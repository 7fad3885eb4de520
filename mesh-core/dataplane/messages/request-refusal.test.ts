import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { refusalOf } from './request-refusal.ts'
import { targetOf } from './request-target.ts'

function detailsOf(given: Partial<HttpRequest>): string | null {
  const sent: HttpRequest = { method: 'GET', scheme: 'http', authority: 'b', path: '/', headers: new Headers(), body: '', ...given }
  const headerCount = sent.headers.fields.length / 2
  const request = { ...sent, ...targetOf(sent) }
  const received = { request, closes: false, upgrade: null, isRefused: false, slashes: null, trustedAddress: null, headerCount }
  return refusalOf(sent, received, 'BASE')?.details ?? null
}

const headers = (count: number): Headers => new Headers(Array.from({ length: count }, (_, i) => [`x-${i}`, 'v']).flat())

/** Each asked of Envoy 1.40.0. */
test.each<[string, Partial<HttpRequest>, string | null]>([
  ['100 headers, the host among them', { headers: headers(99) }, null],
  ['101 headers', { headers: headers(100) }, 'http1.too_many_headers'],
  ['60 KiB', { headers: new Headers(['x-l', 'v'.repeat(61_400)]) }, null],
  ['more', { headers: new Headers(['x-l', 'v'.repeat(61_430)]) }, 'http1.headers_too_large'],
  ['a long path', { path: `/${'p'.repeat(62_000)}` }, 'http1.headers_too_large'],
  ['HTTP/2', { headers: headers(100), protocol: 'h2' }, null],
  ['a control character', { headers: new Headers(['x', 'a\u0001']) }, 'http1.invalid_characters'],
  ['a name that is none', { headers: new Headers(['x y', '']) }, 'http1.codec_error'],
  ['a path without a slash', { path: 'a/b' }, 'http1.codec_error'],
  ['no path', { path: '?a=1' }, 'http1.codec_error'],
  ['a URL', { path: 'http://b/a' }, null],
  ['a star', { path: '*' }, 'http1.invalid_url'],
  ['a star for OPTIONS', { path: '*', method: 'OPTIONS' }, 'absolute_path_rejected'],
  ['the host of a tunnel', { path: 'b:443', method: 'CONNECT' }, null],
  ['a tunnel to a host without a port', { path: 'b', method: 'CONNECT' }, 'http1.invalid_url'],
  ['a tunnel to a path', { path: '/x', method: 'CONNECT' }, 'http1.invalid_url'],
  ['a target that is not ASCII', { path: '/é' }, 'http1.codec_error'],
  ['a blank in its target', { path: '/a b' }, 'http1.codec_error'],
  ['a control character in its target', { path: '/a\u007f' }, 'http1.invalid_characters'],
  ['a length that is no number', { headers: new Headers(['content-length', '+3']) }, 'http1.codec_error'],
  ['a length', { headers: new Headers(['content-length', '0']) }, null],
  ['an encoding', { headers: new Headers(['transfer-encoding', 'gzip']) }, 'http1.invalid_transfer_encoding'],
  ['two encodings', { headers: new Headers(['transfer-encoding', 'gzip, chunked']) }, 'http1.invalid_transfer_encoding'],
  ['chunks', { headers: new Headers(['transfer-encoding', 'Chunked']) }, null],
  ['QUERY without a content type', { method: 'QUERY' }, 'query_missing_content_type'],
  ['QUERY', { method: 'QUERY', headers: new Headers(['content-type', 'text/plain']) }, null],
])('a request with %s', (_about, request, details) => expect(detailsOf(request)).toBe(details))

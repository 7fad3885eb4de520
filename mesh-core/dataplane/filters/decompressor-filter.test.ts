import { expect, test } from 'vitest'
import type { Decompressor } from '../../ir/inserted-filter.ts'
import { Headers, type HttpRequest } from '../../ir/message.ts'
import { markCompressed } from './compressed-bodies.ts'
import { decompressAnswer, decompressRequest } from './decompressor-filter.ts'

const all = { transformsAll: false }
const gzip: Decompressor = { kind: 'decompressor', name: 'a', place: 'last', encoding: 'gzip', requests: all, answers: all, advertises: true }

function requested(fields: readonly string[], filter = gzip, body = 'x'): HttpRequest {
  const request = { headers: new Headers([...fields]), body } as HttpRequest
  decompressRequest(filter, request, body !== '')
  return request
}

test.each<[accepted: string[], told: string]>([
  [[], 'gzip'],
  [[''], 'gzip'],
  [['br , deflate'], 'br,deflate,gzip'],
  [['br', '*'], 'br,*,gzip'],
  [['gzip;q=0.1, br'], 'br,gzip'],
  [['GZIP'], 'GZIP,gzip'],
])('to %j it adds what it decompresses: %s', (accepted, told) => {
  const { headers } = requested(accepted.flatMap((value) => ['accept-encoding', value]))
  expect(headers.all('accept-encoding')).toEqual([told])
})

test.each([
  ['leaves answers as they are', { ...gzip, answers: null }],
  ['says nothing', { ...gzip, advertises: false }],
])('one that %s does not advertise itself', (_, filter) => expect(requested([], filter).headers.fields).toEqual([]))

test.each<[about: string, fields: readonly string[], filter: Decompressor, left: string | undefined, body: string]>([
  ['what it decompresses', ['content-encoding', 'gzip'], gzip, undefined, ''],
  ['the first of several, in whatever case', ['content-encoding', 'GZIP , br'], gzip, 'br', ''],
  ['another first', ['content-encoding', 'br, gzip'], gzip, 'br, gzip', 'x'],
  ['what is to stay', ['content-encoding', 'gzip', 'cache-control', 'no-store, No-Transform'], gzip, 'gzip', 'x'],
  ['what is to stay nearly', ['content-encoding', 'gzip', 'cache-control', 'no-transformer'], gzip, undefined, ''],
  [
    ...(['what is to stay, and does not', ['content-encoding', 'gzip', 'cache-control', 'no-transform']] as const),
    { ...gzip, requests: { transformsAll: true } },
    ...([undefined, ''] as const),
  ],
  ['requests, where answers alone are decompressed', ['content-encoding', 'gzip'], { ...gzip, requests: null }, 'gzip', 'x'],
])('of requests: %s', (_, fields, filter, left, body) => {
  const request = requested(fields, filter)
  expect([request.headers.get('content-encoding'), request.body]).toEqual([left, body])
})

test('a request without a body stays as it is', () => {
  expect(requested(['content-encoding', 'gzip'], gzip, '').headers.get('content-encoding')).toBe('gzip')
})

test.each([
  ['that was compressed is there again', true, 'text'],
  ['that only says so comes to nothing', false, ''],
])('an answer %s', (_, isCompressed, body) => {
  const response = { status: 200, headers: new Headers(['content-encoding', 'gzip', 'content-length', '9']), body: 'text' }
  if (isCompressed) markCompressed(response, 'gzip')
  decompressAnswer(gzip, { response, hadBody: true, isOwn: false, notes: new Map(), subject: () => expect.unreachable() })
  expect([response.body, response.headers.fields]).toEqual([body, []])
})

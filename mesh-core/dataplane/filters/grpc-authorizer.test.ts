import { describe, expect, test } from 'vitest'
import { encodeCheckResponse } from '../../ir/authorization-check.ts'
import type { CheckResponse } from '../../ir/authorization-check.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpResponse } from '../../ir/message.ts'
import { changeHeaders, setHeaders } from './authorizer-answer.ts'
import { grpcAnswer } from './grpc-authorizer.ts'

function answered(response: CheckResponse | Uint8Array | null, change: Partial<HttpResponse> = {}): HttpResponse {
  const message = response === null || response instanceof Uint8Array ? response : encodeCheckResponse(response)
  const headers = new Headers(['content-type', 'application/grpc'])
  return { status: 200, headers, body: '', messages: message ? [message] : [], trailers: new Headers(['grpc-status', '0']), ...change }
}

const ok: CheckResponse = { kind: 'ok', headers: [], headersToRemove: [], responseHeaders: [] }
const failed = { kind: 'error', reply: null }

describe('what an authorizer answers over gRPC', () => {
  test.each<[string, HttpResponse]>([
    ['no message', answered(null)],
    ['a message that is none', answered(Uint8Array.from([10, 200]))],
    ['another status of gRPC', answered(ok, { trailers: new Headers(['grpc-status', '14']) })],
    ['no status of gRPC', answered(ok, { trailers: new Headers() })],
    ['another status of HTTP', answered(ok, { status: 503 })],
    ['a service that speaks no gRPC', { status: 200, headers: new Headers(), body: 'fine' }],
  ])('%s decides nothing', (_, response) => expect(grpcAnswer(response)).toEqual(failed))

  test('OK lets in, with what it wants changed', () => {
    const response: CheckResponse = { ...ok, headers: [{ name: 'x-user', value: 'anna', append: false }], headersToRemove: ['x-token'] }
    expect(grpcAnswer(answered(response))).toEqual({ kind: 'in', headers: response.headers, headersToRemove: ['x-token'], back: [] })
  })

  test('any other keeps out, with 403 unless it says otherwise', () => {
    expect(grpcAnswer(answered({ kind: 'denied', status: 0, headers: [], body: '' }))).toEqual({
      kind: 'out',
      reply: { status: 403, body: '', headers: [] },
    })
    const headers = ['www-authenticate', 'content-length'].map((name) => ({ name, value: '5', append: false }))
    const reply = { status: 401, body: 'no', headers: ['www-authenticate', '5'] }
    expect(grpcAnswer(answered({ kind: 'denied', status: 401, headers, body: 'no' }))).toEqual({ kind: 'out', reply })
  })

  test('an error of its own is one, with the answer that it wants', () => {
    const reply = { status: 0, body: 'later', headers: [] }
    expect(grpcAnswer(answered({ kind: 'error', status: 0, headers: [], body: 'later' }))).toEqual({ kind: 'error', reply })
  })
})

const there = (): Headers => new Headers(['x-a', 'old'])

test.each([
  [{ name: 'x-a', append: false }, ['x-a', 'new']],
  [{ name: 'x-b', append: false }, ['x-a', 'old', 'x-b', 'new']],
  [{ name: 'x-a', append: true }, ['x-a', 'old,new']],
  [{ name: 'x-b', append: true }, ['x-a', 'old']],
])('a request header: %o', (change, fields) => {
  const headers = there()
  setHeaders(headers, [{ ...change, value: 'new' }])
  expect(headers.fields).toEqual(fields)
})

test.each([
  [{ name: 'x-a', action: 'append-if-exists-or-add' as const }, ['x-a', 'old', 'x-a', 'new']],
  [{ name: 'x-a', action: 'add-if-absent' as const }, ['x-a', 'old']],
  [{ name: 'x-b', action: 'add-if-absent' as const }, ['x-a', 'old', 'x-b', 'new']],
  [{ name: 'x-a', action: 'overwrite-if-exists-or-add' as const }, ['x-a', 'new']],
  [{ name: 'x-b', action: 'overwrite-if-exists-or-add' as const }, ['x-a', 'old', 'x-b', 'new']],
  [{ name: 'x-a', action: 'overwrite-if-exists' as const }, ['x-a', 'new']],
  [{ name: 'x-b', action: 'overwrite-if-exists' as const }, ['x-a', 'old']],
])('a header of the answer: %o', (change, fields) => {
  const headers = there()
  changeHeaders(headers, [{ ...change, value: 'new' }])
  expect(headers.fields).toEqual(fields)
})

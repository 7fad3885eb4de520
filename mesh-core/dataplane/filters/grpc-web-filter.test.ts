import { expect, test } from 'vitest'
import type { GrpcWebFilter } from '../../ir/inserted-filter.ts'
import { Headers, type HttpRequest, type HttpResponse } from '../../ir/message.ts'
import type { Subject } from '../replies/format/subject.ts'
import type { Notes, PassedAnswer } from './answer-filters.ts'
import { fromBrowser, toBrowser } from './grpc-web-filter.ts'

const filter: GrpcWebFilter = { kind: 'grpc-web', name: 'a', place: 'last' }

const asked = (type: string, body = '', more: string[] = []): HttpRequest =>
  ({ headers: new Headers(['content-type', type, 'content-length', '9', ...more]), body }) as HttpRequest

test('what a browser sends becomes a call of gRPC', () => {
  const request = asked('application/grpc-web-text', 'AAAAAAA=', ['te', 'gzip'])
  expect(fromBrowser(filter, { request, notes: new Map() })).toBeNull()
  expect(request.body).toBe('\0\0\0\0\0')
  expect(Object.fromEntries(request.headers.entries())).toEqual({
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-accept-encoding': 'identity',
  })
})

test.each(['application/grpc', 'application/grpc-web+json', 'application/grpc-web; charset=utf-8', 'Application/grpc-web'])(
  '%s is left alone',
  (type) => {
    const [request, notes] = [asked(type, 'x'), new Map() as Notes]
    expect(fromBrowser(filter, { request, notes })).toBeNull()
    expect([request.headers.get('content-type'), notes.size]).toEqual([type, 0])
  },
)

test.each([
  ['AAA', 'grpc_base_64_decode_failed_bad_size'],
  ['!!!!', 'grpc_base_64_decode_failed'],
  ['AB==', 'grpc_base_64_decode_failed'],
])('%s is no text of it', (body, details) => {
  expect(fromBrowser(filter, { request: asked('application/grpc-web-text+proto', body), notes: new Map() })).toMatchObject({
    details,
    reply: { status: 400 },
  })
})

function passed(response: HttpResponse, accept: string, failed: unknown[] = []): HttpResponse {
  const notes: Notes = new Map()
  fromBrowser(filter, { request: asked('application/grpc-web', 'x', ['accept', accept]), notes })
  const subject = (): Subject => ({ fail: (error: unknown) => failed.push(error) }) as unknown as Subject
  const answer: PassedAnswer = { response, hadBody: response.body !== '', isOwn: false, notes, subject }
  toBrowser(filter, answer)
  return response
}

const answer = (status: number, type: string, body: string): HttpResponse => ({ status, headers: new Headers(['content-type', type]), body })

test.each([
  ['of another status', answer(503, 'application/grpc', 'no\n'), 'no%0A', '14'],
  ['of another type', answer(200, 'text/plain', '{"a"}'), '{"a"}', '2'],
])('an answer %s is told in headers', (_, response, message, status) => {
  const { headers, body } = passed(response, 'application/grpc-web-text')
  expect([headers.get('grpc-message'), headers.get('grpc-status'), headers.get('content-type'), body]).toEqual([
    ...[message, status, 'application/grpc-web-text+proto', ''],
  ])
})

test.each(['application/grpc', 'application/grpc+proto', 'Application/gRPC-web ; a=b'])('an answer of %s keeps its body', (type) => {
  const { headers, body } = passed(answer(200, type, 'x'), '*/*')
  expect([headers.has('grpc-status'), headers.get('content-type'), body]).toEqual([false, 'application/grpc-web+proto', 'x'])
})

test('messages of a stream, and a body in base64, are not shown', () => {
  const failed: unknown[] = []
  passed({ ...answer(200, 'application/grpc', ''), messages: ['a'] }, '*/*', failed)
  passed(answer(200, 'application/grpc', 'x'), 'application/grpc-web-text', failed)
  expect(failed.map(String)).toEqual([expect.stringContaining('messages of gRPC'), expect.stringContaining('application/grpc-web-text')])
})

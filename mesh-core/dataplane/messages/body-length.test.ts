import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { tellAnswerLength, tellEmptyAnswer, tellEmptyRequest } from './body-length.ts'

const request = (method: string, more: Partial<HttpRequest> = {}): HttpRequest => {
  return { method, scheme: 'http', authority: 'shop', path: '/', headers: new Headers(), body: '', ...more }
}

test.each<[what: string, status: number, body: string, method: string, more: Partial<HttpRequest>, length: string | undefined]>([
  ['a text, in bytes', 200, 'für', 'GET', {}, '4'],
  ['nothing', 200, '', 'GET', {}, '0'],
  ['what a HEAD does not get', 200, '', 'HEAD', {}, '0'],
  ['no content', 204, '', 'GET', {}, undefined],
  ['what has not changed', 304, '', 'GET', {}, undefined],
  ['a text over HTTP/2', 200, 'x', 'GET', { protocol: 'h2' }, undefined],
  ['bytes', 0, 'x', '', { protocol: 'tcp' }, undefined],
])('a server says of %s how long it is', (_, status, body, method, more, length) => {
  const headers = new Headers()
  tellAnswerLength({ status, headers, body }, request(method, more))
  expect(headers.get('content-length')).toBe(length)
})

test.each<[what: string, status: number, headers: string[], body: string, method: string, length: string | undefined]>([
  ['without a body', 503, [], '', 'GET', '0'],
  ['to HEAD', 503, [], '', 'HEAD', undefined],
  ['to CONNECT', 200, [], '', 'CONNECT', undefined],
  ['without content', 204, [], '', 'GET', undefined],
  ['that nothing has changed', 304, [], '', 'GET', undefined],
  ['with a body', 200, [], 'x', 'GET', undefined],
  ['that tells its length', 200, ['content-length', '7'], '', 'GET', '7'],
])('an answer %s has the length %s', (_, status, fields, body, method, length) => {
  const headers = new Headers(fields)
  tellEmptyAnswer({ status, headers, body }, request(method))
  expect(headers.get('content-length')).toBe(length)
})

test.each<[method: string, more: Partial<HttpRequest>, length: string | undefined]>([
  ['POST', {}, '0'],
  ['OPTIONS', {}, '0'],
  ['GET', {}, undefined],
  ['DELETE', {}, undefined],
  ['POST', { body: 'x' }, undefined],
  ['POST', { protocol: 'h2' }, undefined],
  ['POST', { headers: new Headers(['transfer-encoding', 'chunked']) }, undefined],
])('%s %j goes on with the length %s', (method, more, length) => {
  const one = request(method, more)
  tellEmptyRequest(one)
  expect(one.headers.get('content-length')).toBe(length)
})

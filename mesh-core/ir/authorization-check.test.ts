import { expect, test } from 'vitest'
import { decodeCheckRequest, decodeCheckResponse, encodeCheckRequest, encodeCheckResponse } from './authorization-check.ts'
import type { CheckRequest, CheckResponse } from './authorization-check.ts'

const request: CheckRequest = {
  principal: 'spiffe://cluster.local/ns/default/sa/shop',
  http: {
    ...{ method: 'POST', scheme: 'http', host: 'shop', path: '/a?b=c', protocol: 'HTTP/1.1', body: 'grüße' },
    headers: { ':method': 'POST', 'x-a': '1,2' },
  },
}

test('a request is read as it was written', () => {
  expect(decodeCheckRequest(encodeCheckRequest(request))).toEqual(request)
  const without = { principal: '', http: { ...request.http!, body: '', headers: {} } }
  expect(decodeCheckRequest(encodeCheckRequest(without))).toEqual(without)
  const ofBytes = { ...request, http: null }
  expect(decodeCheckRequest(encodeCheckRequest(ofBytes))).toEqual(ofBytes)
})

const responses: readonly CheckResponse[] = [
  { kind: 'ok', headers: [], headersToRemove: [], responseHeaders: [] },
  {
    kind: 'ok',
    headers: [
      { name: 'x-a', value: '1', append: true },
      { name: 'x-b', value: '2', append: false },
    ],
    headersToRemove: ['x-c'],
    responseHeaders: [
      { name: 'x-d', value: '3', action: 'add-if-absent' },
      { name: 'x-e', value: '4', action: 'append-if-exists-or-add' },
    ],
  },
  { kind: 'denied', status: 401, headers: [{ name: 'www-authenticate', value: 'Bearer', append: false }], body: 'no' },
  { kind: 'denied', status: 0, headers: [], body: '' },
  { kind: 'error', status: 500, headers: [], body: 'oh' },
]

test.each(responses)('a response is read as it was written: %o', (response) => {
  expect(decodeCheckResponse(encodeCheckResponse(response))).toEqual(response)
})

test('bytes of others: fields in any order, unknown ones, and the former append', () => {
  // status {code: 0, message: "m"}, ok_response {headers: {header {key: "A", value: "b"}, append {value: true}}}, dynamic_metadata {}
  const bytes = Uint8Array.from([26, 14, 18, 12, 10, 6, 10, 1, 65, 18, 1, 98, 18, 2, 8, 1, 34, 0, 10, 5, 8, 0, 18, 1, 109])
  expect(decodeCheckResponse(bytes)).toEqual({
    kind: 'ok',
    headers: [{ name: 'a', value: 'b', append: true }],
    headersToRemove: [],
    responseHeaders: [],
  })
  expect(decodeCheckResponse(new Uint8Array())).toMatchObject({ kind: 'ok' })
  expect(() => decodeCheckResponse(Uint8Array.from([10, 200]))).toThrow()
})

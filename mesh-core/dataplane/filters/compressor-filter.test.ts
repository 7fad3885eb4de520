import { expect, test } from 'vitest'
import type { Compressor, Encoding } from '../../ir/inserted-filter.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { compressAnswer, noteAccepted } from './compressor-filter.ts'

const compressor = (encoding: Encoding, contentTypes = ['text/plain']): Compressor => ({
  ...{ kind: 'compressor', name: encoding, place: 'last', encoding, leastBytes: 5, contentTypes, isEnabled: true },
})

/** The answer as it leaves the filters. */
function answered(filters: readonly Compressor[], accepted: string | null, headers: readonly string[], body = 'long enough', isOwn = false): Headers {
  const request = { headers: new Headers(accepted === null ? [] : ['accept-encoding', accepted]) } as HttpRequest
  const notes = new Map()
  for (const filter of filters) noteAccepted(filter, { request, notes })
  const response = { status: 200, headers: new Headers([...headers]), body }
  for (const filter of filters.toReversed())
    compressAnswer(filter, filters, { response, hadBody: body !== '', isOwn, notes, subject: () => expect.unreachable() })
  return response.headers
}

const plain = ['content-type', 'text/plain']

test.each<[accepted: string | null, encoding: string | undefined]>([
  ['gzip', 'gzip'],
  ['br, gzip', 'br'],
  ['gzip;q=0.5, br;q=0.6', 'br'],
  ['gzip;q=0, *', 'br'],
  ['*', 'gzip'],
  ['identity, gzip', undefined],
  ['gzip;q=x', undefined],
  ['GZIP', undefined],
  ['*;q=0', undefined],
  ['', undefined],
  [null, undefined],
])('of gzip and brotli %j takes %s', (accepted, encoding) => {
  const headers = answered([compressor('gzip'), compressor('br')], accepted, plain)
  expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([encoding, 'Accept-Encoding'])
})

test('a compressor of other types is none of those that are chosen from', () => {
  const headers = answered([compressor('gzip', ['image/png']), compressor('br')], 'gzip, br;q=0.5', plain)
  expect(headers.get('content-encoding')).toBe('br')
})

test.each<[what: string, headers: readonly string[], body: string, isOwn: boolean, vary: string | undefined]>([
  ['short', plain, 'four', false, undefined],
  ['of another type', ['content-type', 'image/png'], 'long enough', false, undefined],
  ['not to be changed', [...plain, 'cache-control', 'no-transform'], 'long enough', false, undefined],
  ['compressed already', [...plain, 'content-encoding', 'br'], 'long enough', false, undefined],
  ["the proxy's own, without a body", [], '', true, 'Accept-Encoding'],
  ['that of a HEAD', [...plain, 'content-length', '200'], '', false, 'Accept-Encoding'],
  ["the proxy's own to a HEAD, too short", [...plain, 'content-length', '4'], '', true, undefined],
])('an answer that is %s stays as it is', (_, headers, body, isOwn, vary) => {
  const passed = answered([compressor('gzip')], 'gzip', headers, body, isOwn)
  expect([passed.get('content-encoding'), passed.get('vary')]).toEqual([new Headers([...headers]).get('content-encoding'), vary])
})

test('a strong tag goes, a weak one stays, and other things that an answer varies by do', () => {
  const [strong, weak] = ['"a"', 'W/"a"'].map((tag) => answered([compressor('gzip')], 'gzip', [...plain, 'etag', tag, 'vary', 'Origin']))
  expect([strong?.get('etag'), weak?.get('etag'), weak?.get('vary')]).toEqual([undefined, 'W/"a"', 'Origin, Accept-Encoding'])
})

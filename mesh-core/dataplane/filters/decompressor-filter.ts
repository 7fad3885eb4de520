import type { Decompressor, Encoding } from '../../ir/inserted-filter.ts'
import type { Headers, HttpRequest } from '../../ir/message.ts'
import type { PassedAnswer } from './answer-filters.ts'
import { uncompressedBody } from './compressed-bodies.ts'

/**
 * Tells those behind it that they may compress, and decompresses what says that it is. No client here compresses: the body comes to nothing.
 * Source: Envoy `decompressor/decompressor_filter.cc` decodeHeaders.
 */
export function decompressRequest(filter: Decompressor, request: HttpRequest, hasBody: boolean): null {
  const { headers } = request
  if (filter.answers && filter.advertises) headers.set('accept-encoding', withEncoding(headers.all('accept-encoding').join(','), filter.encoding))
  if (!hasBody || !filter.requests || !isToDecompress(headers, filter.encoding, filter.requests.transformsAll)) return null
  uncover(headers)
  request.body = ''
  return null
}

/** Source: the same file, encodeHeaders. */
export function decompressAnswer({ answers, encoding }: Decompressor, { response, hadBody }: PassedAnswer): void {
  if (!hadBody || !answers || !isToDecompress(response.headers, encoding, answers.transformsAll)) return
  uncover(response.headers)
  response.body = uncompressedBody(response, encoding)
}

/** As the best of those that are accepted, whatever it was worth before. Source: Envoy `HeaderUtility::addEncodingToAcceptEncoding`. */
function withEncoding(accepted: string, encoding: Encoding): string {
  const others = tokensOf(accepted).filter((token) => token !== '' && token.split(';')[0]!.trim() !== encoding)
  return [...others, encoding].join(',')
}

function isToDecompress(headers: Headers, encoding: Encoding, transformsAll: boolean): boolean {
  const isToStay = tokensOf(headers.all('cache-control').join(',')).some((token) => token.toLowerCase() === 'no-transform')
  return (transformsAll || !isToStay) && codings(headers)[0]?.toLowerCase() === encoding
}

function codings(headers: Headers): string[] {
  return tokensOf(headers.all('content-encoding').join(','))
}

function tokensOf(list: string): string[] {
  return list.split(',').map((token) => token.trim())
}

/** The first of its encodings is off. */
function uncover(headers: Headers): void {
  const all = headers.all('content-encoding').join(',')
  const left = all.slice(all.indexOf(',') + 1).trim()
  headers.remove('content-length')
  if (all.includes(',')) headers.set('content-encoding', left)
  else headers.remove('content-encoding')
}

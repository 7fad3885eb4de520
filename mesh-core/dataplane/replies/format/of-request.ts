import type { HttpRequest } from '../../../ir/message.ts'
import { pathWithoutQuery } from '../../../match/path.ts'
import { firstQueryParameter } from '../../../match/query.ts'
import type { Format, Operator } from './format.ts'

const originalPath = 'x-envoy-original-path'

/** Source: Envoy `http_specific_formatter.cc`, `source/extensions/formatter`. */
export const ofRequest = {
  REQ: header,
  STREAM_INFO_REQ: header,
  PATH: (argument) => pathOf(argument.split(':')),
  QUERY_PARAM:
    (name) =>
    ({ request }) =>
      decoded(firstQueryParameter(request.path, name) ?? ''),
  QUERY_PARAMS: (argument) => (argument === 'DECODED' ? null : ({ request }) => queryOf(request.path)),
  PROTOCOL:
    () =>
    ({ request }) =>
      request.protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1',
  BYTES_RECEIVED: () => (subject) => String(subject.upstream?.hasAnswered ? new TextEncoder().encode(subject.request.body).length : 0),
  // All of it is there at once, behind the headers.
  REQUEST_DURATION: () => (subject) => (subject.responseHeaders === null && subject.request.body !== '' ? '' : '0'),
  STREAM_ID:
    () =>
    ({ request }) =>
      request.headers.get('x-request-id') ?? '',
} satisfies Readonly<Record<string, Operator>>

/** `X?Y`: the second where the first is missing. */
function header(argument: string): Format {
  const names = argument.toLowerCase().split('?')
  return ({ request }) => {
    for (const name of names) {
      const value = valueOf(request, name)
      if (value !== undefined) return value
    }
    return ''
  }
}

function valueOf(request: HttpRequest, name: string): string | undefined {
  switch (name) {
    case ':path':
      return request.path
    case ':method':
      return request.method
    case ':scheme':
      return request.scheme
    case ':authority':
    case 'host':
      return request.authority
    default:
      return request.headers.get(name)
  }
}

/** `NQ`: without its query; `ORIG`: as it was before a rewrite, and nothing where there was none. */
function pathOf([query = '', which = '']: string[]): Format {
  return ({ request }) => {
    const original = request.headers.get(originalPath)
    const path = which === 'PATH' ? request.path : (original ?? (which === 'ORIG' ? '' : request.path))
    return query === 'NQ' ? pathWithoutQuery(path) : path
  }
}

function queryOf(path: string): string {
  const start = path.indexOf('?')
  return start < 0 ? '' : path.slice(start + 1)
}

/** What is no escape stays as it is, and a plus is one. */
function decoded(value: string): string {
  return value.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    new TextDecoder().decode(Uint8Array.from(escapes.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))),
  )
}

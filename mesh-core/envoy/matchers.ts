import type { HeaderMatch, PathMatch, QueryMatch, RouteMatch, StringMatch } from '../ir/match.ts'
import type { Origin } from '../ir/origin.ts'
import { int, message, type Message, messages, NotUnderstood, only, text } from './fields.ts'

/** Conditions that hold or fail for all requests alike: see `inForce`. */
const ofCircumstances = ['runtime_fraction', 'dynamic_metadata'] as const

const matchFields = new Set([
  ...['prefix', 'path', 'safe_regex', 'path_separated_prefix', 'case_sensitive', 'headers', 'query_parameters', 'grpc'],
  ...ofCircumstances,
])

/** Source: Envoy `RouteMatch`. */
export function readRouteMatch(value: unknown, place: string, origin: Origin): RouteMatch {
  const match = only(message(value, place), place, matchFields)
  const headers = messages(match['headers'], `${place}.headers`).map((header, i) => readHeaderMatch(header, `${place}.headers[${i}]`, origin))
  return {
    path: readPathMatch(match, place),
    pathOrigin: origin,
    headers: match['grpc'] ? [...headers, isGrpc(origin)] : headers,
    query: messages(match['query_parameters'], `${place}.query_parameters`).map((query, i) =>
      readQueryMatch(query, `${place}.query_parameters[${i}]`, origin),
    ),
  }
}

function readPathMatch(match: Message, place: string): PathMatch {
  const ignoreCase = match['case_sensitive'] === false
  if (match['path'] !== undefined) return { kind: 'exact', path: String(match['path']), ignoreCase }
  if (match['safe_regex'] !== undefined) return { kind: 'regex', pattern: readRegex(match['safe_regex'], `${place}.safe_regex`) }
  if (match['path_separated_prefix'] !== undefined) return { kind: 'segments', prefix: String(match['path_separated_prefix']), ignoreCase }
  if (match['prefix'] !== undefined) return { kind: 'prefix', prefix: String(match['prefix']), ignoreCase }
  throw new NotUnderstood(place, 'a match needs a path, a prefix or a regex')
}

/** Source: Envoy `Grpc::Common::isGrpcRequestHeaders`. */
function isGrpc(origin: Origin): HeaderMatch {
  return { name: 'content-type', match: { kind: 'regex', pattern: 'application/grpc(\\+.*)?' }, invert: false, treatMissingAsEmpty: false, origin }
}

const modifiers = ['name', 'invert_match', 'treat_missing_header_as_empty']
const headerFields = new Set([
  ...modifiers,
  ...['string_match', 'present_match', 'range_match', 'safe_regex_match', 'exact_match', 'prefix_match', 'suffix_match', 'contains_match'],
])

/** Source: Envoy `HeaderMatcher`; without a specifier the header is to be there. */
export function readHeaderMatch(value: unknown, place: string, origin: Origin): HeaderMatch {
  const header = only(message(value, place), place, headerFields)
  const absent = header['present_match'] === false
  return {
    name: String(header['name'] ?? '').toLowerCase(),
    match: readHeaderValue(header, place),
    invert: (header['invert_match'] === true) !== absent,
    treatMissingAsEmpty: header['treat_missing_header_as_empty'] === true,
    origin,
  }
}

function readHeaderValue(header: Message, place: string): HeaderMatch['match'] {
  if (header['string_match'] !== undefined) return readStringMatch(header['string_match'], `${place}.string_match`)
  if (header['safe_regex_match'] !== undefined) return { kind: 'regex', pattern: readRegex(header['safe_regex_match'], `${place}.safe_regex_match`) }
  if (header['range_match'] !== undefined) {
    const { start, end } = message(header['range_match'], `${place}.range_match`)
    return { kind: 'range', start: int(start), end: int(end) }
  }
  for (const kind of ['exact', 'prefix', 'suffix', 'contains'] as const) {
    const value = header[`${kind}_match`]
    if (value !== undefined) return { kind, value: String(value), ignoreCase: false }
  }
  return { kind: 'present' }
}

const queryFields = new Set(['name', 'string_match', 'present_match'])

/** Source: Envoy `QueryParameterMatcher`. */
function readQueryMatch(value: unknown, place: string, origin: Origin): QueryMatch {
  const query = only(message(value, place), place, queryFields)
  const name = String(query['name'])
  if (query['string_match'] !== undefined) return { name, match: readStringMatch(query['string_match'], `${place}.string_match`), origin }
  return { name, match: { kind: 'present' }, ...(query['present_match'] === false && { invert: true }), origin }
}

const stringFields = new Set(['exact', 'prefix', 'suffix', 'contains', 'safe_regex', 'ignore_case'])

/** Source: Envoy `StringMatcher`. */
export function readStringMatch(value: unknown, place: string): StringMatch {
  const match = only(message(value, place), place, stringFields)
  if (match['safe_regex'] !== undefined) return { kind: 'regex', pattern: readRegex(match['safe_regex'], `${place}.safe_regex`) }
  for (const kind of ['exact', 'prefix', 'suffix', 'contains'] as const)
    if (match[kind] !== undefined) return { kind, value: String(match[kind]), ignoreCase: match['ignore_case'] === true }
  throw new NotUnderstood(place, 'a string match needs exact, prefix, suffix, contains or safe_regex')
}

export function readRegex(value: unknown, place: string): string {
  const pattern = text(message(value, place)['regex'])
  if (pattern === null) throw new NotUnderstood(place, 'a regex needs its pattern in `regex`')
  return pattern
}

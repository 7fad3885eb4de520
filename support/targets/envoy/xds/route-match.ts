import type { ClaimMatch, HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../../../../mesh-core/ir/match.ts'
import { optional } from './json.ts'
import type { Json } from './json.ts'
import { stringMatcher } from './string-match.ts'

/** Source: Envoy `RouteMatch`. */
export function routeMatch({ path, headers, query, claims }: RouteMatch): Json {
  return {
    ...pathSpecifier(path),
    ...optional('headers', headers.map(headerMatcher)),
    ...optional('query_parameters', query.map(queryMatcher)),
    ...optional('dynamic_metadata', claims?.map(claimMatcher)),
  }
}

/** A text, or one of a list. Source: Istio `pilot/pkg/security/authz/matcher/metadata.go` MetadataListMatcher. */
function claimMatcher({ claim, match, invert }: ClaimMatch): Json {
  const text = { string_match: match.kind === 'present' ? {} : stringMatcher(match) }
  return {
    filter: 'envoy.filters.http.jwt_authn',
    path: ['payload', ...claim].map((key) => ({ key })),
    value: { or_match: { value_matchers: [text, { list_match: { one_of: text } }] } },
    ...(invert ? { invert: true } : {}),
  }
}

function pathSpecifier(path: PathMatch): Json {
  switch (path.kind) {
    case 'exact':
      return { path: path.path, case_sensitive: !path.ignoreCase }
    case 'prefix':
      return { prefix: path.prefix, case_sensitive: !path.ignoreCase }
    case 'segments':
      return { path_separated_prefix: path.prefix, case_sensitive: !path.ignoreCase }
    case 'regex':
      return { safe_regex: { regex: path.pattern } }
  }
}

export function headerMatcher({ name, match, invert, treatMissingAsEmpty }: HeaderMatch): Json {
  return {
    name,
    ...headerValue(match),
    ...(invert ? { invert_match: true } : {}),
    ...(treatMissingAsEmpty ? { treat_missing_header_as_empty: true } : {}),
  }
}

function headerValue(match: HeaderMatch['match']): Json {
  if (match.kind === 'range') return { range_match: { start: match.start, end: match.end } }
  return match.kind === 'present' ? { present_match: true } : { string_match: stringMatcher(match) }
}

function queryMatcher({ name, match, invert }: QueryMatch): Json {
  return { name, ...(match.kind === 'present' ? { present_match: !invert } : { string_match: stringMatcher(match) }) }
}

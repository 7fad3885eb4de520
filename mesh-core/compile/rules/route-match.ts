import type { ClaimMatch, HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../../ir/match.ts'
import type { Origin } from '../../ir/origin.ts'
import { routingClaim } from '../../config/istio/matching.ts'
import { at } from '../origin.ts'
import { stringMatch } from './string-match.ts'
import type { HttpMatch, IstioStringMatch } from './virtual-service-types.ts'

/** Whose rules these were. Prefixes are meant by characters in a VirtualService, by segments in an Ingress or a Gateway API route. */
export type RouteSemantics = 'istio' | 'ingress' | 'gateway-api'

export const matchAll: RouteMatch = { path: { kind: 'prefix', prefix: '/', ignoreCase: false }, pathOrigin: null, headers: [], query: [] }

/**
 * Headers by name, then method, authority and scheme: the order in which Envoy tries them and an explanation names them.
 * Source: Istio `core/route/route.go` TranslateRouteMatch.
 */
export function routeMatch(match: HttpMatch | null, origin: Origin, semantics: RouteSemantics): RouteMatch {
  if (match === null) return matchAll
  const conditions = [...conditionsOf(match, 'headers', origin), ...conditionsOf(match, 'withoutHeaders', origin)]
  const claims = conditions.flatMap(claimMatches)
  const headers = conditions.filter(({ name }) => routingClaim(name) === null).map(headerCondition)
  headers.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const pseudo of ['method', 'authority', 'scheme'] as const) {
    const condition = match[pseudo] as IstioStringMatch | undefined
    if (condition) headers.push(headerMatch(`:${pseudo}`, condition, at(origin, pseudo), false))
  }
  const compiled: RouteMatch = {
    path: pathMatch(match.uri as IstioStringMatch | undefined, match.ignoreUriCase ?? false, semantics),
    pathOrigin: match.uri ? at(origin, 'uri') : null,
    headers,
    query: queryMatches(match.queryParams as Record<string, IstioStringMatch> | undefined, at(origin, 'queryParams')),
  }
  return claims.length > 0 ? { ...compiled, claims } : compiled
}

interface HeaderCondition {
  readonly name: string
  readonly condition: IstioStringMatch
  readonly invert: boolean
  readonly origin: Origin
}

function conditionsOf(match: HttpMatch, field: 'headers' | 'withoutHeaders', origin: Origin): HeaderCondition[] {
  const conditions = match[field] as Record<string, IstioStringMatch> | null | undefined
  if (!conditions) return []
  const invert = field === 'withoutHeaders'
  return Object.keys(conditions).map((name) => ({ name, condition: conditions[name]!, invert, origin: at(origin, field, name) }))
}

function pathMatch(uri: IstioStringMatch | undefined, ignoreCase: boolean, semantics: RouteSemantics): PathMatch {
  if (uri?.exact !== undefined) return { kind: 'exact', path: uri.exact, ignoreCase }
  if (uri?.regex !== undefined) return { kind: 'regex', pattern: uri.regex }
  if (uri?.prefix === undefined) return { kind: 'prefix', prefix: '/', ignoreCase }
  if (semantics === 'istio' || uri.prefix === '/') return { kind: 'prefix', prefix: uri.prefix, ignoreCase }
  return { kind: 'segments', prefix: uri.prefix.replace(/\/$/, ''), ignoreCase }
}

function claimMatches({ name, condition, invert, origin }: HeaderCondition): ClaimMatch[] {
  const claim = routingClaim(name)
  return claim === null ? [] : [{ claim, match: stringMatch(condition), invert, origin }]
}

function headerCondition({ name, condition, invert, origin }: HeaderCondition): HeaderMatch {
  return headerMatch(name, condition, origin, invert)
}

function headerMatch(name: string, condition: IstioStringMatch, origin: Origin, invert: boolean): HeaderMatch {
  const match = stringMatch(condition)
  // A missing header counts as the empty text only where a text is compared (treat_missing_header_as_empty excludes present_match).
  return { name: name.toLowerCase(), match, invert, treatMissingAsEmpty: invert && match.kind !== 'present', origin }
}

function queryMatches(conditions: Record<string, IstioStringMatch> | undefined, origin: Origin): readonly QueryMatch[] {
  if (!conditions) return matchAll.query
  return Object.entries(conditions).map(([name, condition]) => ({ name, match: stringMatch(condition), origin: at(origin, name) }))
}

/** Takes every request: nothing behind it is ever asked. Source: the same file, IsCatchAllRoute. */
export function isCatchAll(match: RouteMatch): boolean {
  const path = match.path
  const every = (path.kind === 'prefix' && path.prefix === '/') || (path.kind === 'regex' && path.pattern === '.*')
  return every && match.headers.length === 0 && match.query.length === 0 && match.claims === undefined
}

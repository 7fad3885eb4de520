import type { ClaimMatch, HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../ir/match.ts'
import type { Origin } from '../ir/origin.ts'
import { routingClaim } from '../config/istio/matching.ts'
import { at } from './origin.ts'
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
  const claims = [
    ...claimMatches(match.headers, at(origin, 'headers'), false),
    ...claimMatches(match.withoutHeaders, at(origin, 'withoutHeaders'), true),
  ]
  const headers = headerMatches(match.headers, at(origin, 'headers'), false).concat(
    headerMatches(match.withoutHeaders, at(origin, 'withoutHeaders'), true),
  )
  headers.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const pseudo of ['method', 'authority', 'scheme'] as const) {
    const condition = match[pseudo] as IstioStringMatch | undefined
    if (condition) headers.push(headerMatch(`:${pseudo}`, condition, at(origin, pseudo), false))
  }
  return {
    path: pathMatch(match.uri as IstioStringMatch | undefined, match.ignoreUriCase ?? false, semantics),
    pathOrigin: match.uri ? at(origin, 'uri') : null,
    headers,
    query: queryMatches(match.queryParams as Record<string, IstioStringMatch> | undefined, at(origin, 'queryParams')),
    ...(claims.length > 0 && { claims }),
  }
}

function pathMatch(uri: IstioStringMatch | undefined, ignoreCase: boolean, semantics: RouteSemantics): PathMatch {
  if (uri?.exact !== undefined) return { kind: 'exact', path: uri.exact, ignoreCase }
  if (uri?.regex !== undefined) return { kind: 'regex', pattern: uri.regex }
  if (uri?.prefix === undefined) return { kind: 'prefix', prefix: '/', ignoreCase }
  if (semantics === 'istio' || uri.prefix === '/') return { kind: 'prefix', prefix: uri.prefix, ignoreCase }
  return { kind: 'segments', prefix: uri.prefix.replace(/\/$/, ''), ignoreCase }
}

function headerMatches(conditions: unknown, origin: Origin, invert: boolean): HeaderMatch[] {
  return Object.entries((conditions ?? {}) as Record<string, IstioStringMatch>)
    .filter(([name]) => routingClaim(name) === null)
    .map(([name, condition]) => headerMatch(name, condition, at(origin, name), invert))
}

function claimMatches(conditions: unknown, origin: Origin, invert: boolean): ClaimMatch[] {
  return Object.entries((conditions ?? {}) as Record<string, IstioStringMatch>).flatMap(([name, condition]) => {
    const claim = routingClaim(name)
    return claim === null ? [] : [{ claim, match: stringMatch(condition), invert, origin: at(origin, name) }]
  })
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

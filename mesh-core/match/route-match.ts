import type { RouteMatch } from '../ir/match.ts'
import type { HttpRequest } from '../ir/message.ts'
import { compileClaimMatch, explainClaimMatch } from './claim.ts'
import { compileHeaderMatch, explainHeaderMatch } from './header.ts'
import { compilePathMatch, explainPathMatch } from './path.ts'
import { compileQueryMatch, explainQueryMatch } from './query.ts'

/** Is there any condition but the path? */
export function hasConditions({ headers, query, claims }: RouteMatch): boolean {
  return headers.length > 0 || query.length > 0 || claims !== undefined
}

/** @returns a predicate over all conditions but the path; `null` when there is none */
export function compileConditions(match: RouteMatch): ((request: HttpRequest) => boolean) | null {
  if (!hasConditions(match)) return null
  const headers = [...match.headers.map(compileHeaderMatch), ...(match.claims ?? []).map(compileClaimMatch)]
  const query = match.query.map(compileQueryMatch)
  if (headers.length === 1 && query.length === 0) return headers[0]!
  return (request) => {
    for (const header of headers) if (!header(request)) return false
    for (const parameter of query) if (!parameter(request.path)) return false
    return true
  }
}

export const takesEverything = 'no match conditions: takes everything'

/** The first condition that fails, or all of them when none does. */
export function explainRouteMatch(match: RouteMatch, request: HttpRequest, path: string): string {
  const conditions = conditionsOf(match, request, path)
  const failed = conditions.find((condition) => !condition.holds)
  if (failed) return failed.reason
  // A rule without a path condition has the prefix of one slash, which says nothing.
  const telling = conditions.filter((condition) => condition.reason !== '')
  return telling.length === 0 ? takesEverything : telling.map((condition) => condition.reason).join('; ')
}

function conditionsOf(match: RouteMatch, request: HttpRequest, path: string): { holds: boolean; reason: string }[] {
  const anyPath = match.path.kind === 'prefix' && match.path.prefix === '/' && path.startsWith('/')
  return [
    { holds: compilePathMatch(match.path)(path), reason: anyPath ? '' : explainPathMatch(match.path, path) },
    ...match.headers.map((header) => ({ holds: compileHeaderMatch(header)(request), reason: explainHeaderMatch(header, request) })),
    ...(match.claims ?? []).map((claim) => ({ holds: compileClaimMatch(claim)(request), reason: explainClaimMatch(claim, request) })),
    ...match.query.map((query) => ({ holds: compileQueryMatch(query)(request.path), reason: explainQueryMatch(query, request.path) })),
  ]
}

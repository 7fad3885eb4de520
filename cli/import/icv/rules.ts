import type { IcvRequest } from './read-suite.ts'
import { matchAll, routeMatch } from '../../../mesh-core/compile/rules/route-match.ts'
import type { HttpRule } from '../../../mesh-core/compile/rules/virtual-service-types.ts'
import { Headers, type HttpRequest, type Route } from '../../../mesh-core/ir/index.ts'
import { pathWithoutQuery } from '../../../mesh-core/match/path.ts'
import { compileRouteList } from '../../../mesh-core/match/route-list.ts'
import { SharedConditions } from '../../../mesh-core/match/shared-conditions.ts'
import type { WrittenRule, WrittenVirtualService } from './written.ts'

/**
 * The first rule of the first VirtualService that takes the request, as istio-config-validator sees it: hosts are compared as texts, rules of delegates are
 * not merged, and of a match only `uri`, `authority`, `method` and `headers` count. How each of these is compared is the data plane's own code.
 * Source: istio-config-validator `internal/pkg/unit/unit.go` GetRoute.
 * @returns `null` when no rule does
 */
export function ruleFor(request: IcvRequest, virtualServices: readonly WrittenVirtualService[], checkHosts: boolean): FoundRule | null {
  for (const { hosts, rules } of virtualServices) {
    if (checkHosts && !hosts.includes(request.authority)) continue
    const candidates = rules.flatMap(candidatesOf)
    const index = compileRouteList(candidates.map(asRoute), new SharedConditions())(httpRequest(request), pathWithoutQuery(request.uri))
    if (index >= 0) return candidates[index]!
  }
  return null
}

/** A rule, and the one of its matches that took the request. */
export interface FoundRule {
  readonly written: HttpRule
  readonly match: Route['match']
}

function candidatesOf({ written, rule }: WrittenRule): FoundRule[] {
  const matches = written.match ?? []
  if (matches.length === 0) return [{ written, match: matchAll }]
  return matches.map(({ uri, authority, method, headers }) => {
    const looked = { ...(uri && { uri }), ...(authority && { authority }), ...(method && { method }), ...(headers && { headers }) }
    return { written, match: routeMatch(looked, rule.origin, 'istio') }
  })
}

function asRoute({ match }: FoundRule): Pick<Route, 'match'> {
  return { match }
}

function httpRequest({ authority, method, uri, headers }: IcvRequest): HttpRequest {
  const fields = Headers.of(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])))
  return { method, scheme: 'http', authority, path: uri, headers: fields, body: '' }
}

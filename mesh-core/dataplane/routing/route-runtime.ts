import type { HttpRequest } from '../../ir/message.ts'
import type { HeaderMutation, HeaderMutations, Route, VirtualHost, WeightedCluster } from '../../ir/route.ts'
import { headerOf } from '../../match/header.ts'
import type { TableHeaders } from '../../match/route-table.ts'
import { compileCors } from '../filters/cors-filter.ts'
import type { CorsFilter } from '../filters/cors-filter.ts'
import { compileMutation, compileMutations } from '../messages/header-mutation.ts'
import type { Mutator } from '../messages/header-mutation.ts'
import { compileHostRewrite } from './host-rewrite.ts'
import type { HostRewriter } from './host-rewrite.ts'
import { inlineOfRequest, inlineOfResponse } from '../messages/inline-headers.ts'
import { compilePathRewrite } from './path-rewrite.ts'
import type { Rewriter } from './path-rewrite.ts'
import { compileRedirect } from './redirect.ts'
import { compileHashPolicies } from '../balancing/request-hash.ts'
import type { HashSource } from '../balancing/request-hash.ts'
import { compileRetry } from '../upstream/retry-policy.ts'
import type { RetryConditions } from '../upstream/retry-policy.ts'
import type { Hash64 } from '../balancing/xx-hash.ts'

/** A route with all of it that can be decided before a request comes. */
export interface RouteRuntime {
  readonly config: Route
  readonly requestHeaders: Mutator | null
  readonly responseHeaders: Mutator | null
  /** A rule writes the length of answers. */
  readonly setsLength: boolean
  readonly cors: CorsFilter | null
  /** Alternatives of a forwarding route; empty otherwise. */
  readonly choices: readonly ChoiceRuntime[]
  readonly weights: readonly number[]
  readonly totalWeight: number
  readonly rewrite: Rewriter | null
  readonly host: HostRewriter | null
  readonly retry: RetryConditions | null
  /** What a balancer goes by; `null` for nothing. */
  readonly hash: ((source: HashSource) => Hash64 | null) | null
  /** Of a redirect. */
  readonly location: ((request: HttpRequest) => string) | null
}

export interface ChoiceRuntime {
  readonly config: WeightedCluster
  readonly requestHeaders: Mutator | null
  readonly responseHeaders: Mutator | null
}

export function compileRoute(route: Route, host: Pick<VirtualHost, 'headers'>, table: TableHeaders): RouteRuntime {
  const { action, match } = route
  const levels = levelsOf(route, host, table)
  const forward = action.kind === 'forward' ? action : null
  const clusters = forward?.clusters ?? []
  return {
    config: route,
    requestHeaders: compileMutations(
      levels.map(({ request }) => request),
      inlineOfRequest,
    ),
    responseHeaders: compileMutations(
      levels.map(({ response }) => response),
      inlineOfResponse,
    ),
    setsLength: [...levels.map(({ response }) => response), ...clusters.map(({ responseHeaders }) => responseHeaders)].some(setsLength),
    // Envoy's CORS filter looks for its policy at routes that forward.
    cors: route.cors && forward ? compileCors(route.cors) : null,
    choices: clusters.map(compileChoice),
    weights: clusters.map((cluster) => cluster.weight),
    totalWeight: clusters.reduce((sum, cluster) => sum + cluster.weight, 0),
    rewrite: forward?.pathRewrite ? compilePathRewrite(forward.pathRewrite, match.path) : null,
    host: compileHostRewrite(forward?.hostRewrite ?? null),
    retry: compileRetry(forward?.retry ?? null),
    hash: compileHashPolicies(forward?.hashPolicies ?? []),
    location: action.kind === 'redirect' ? compileRedirect(action, match.path) : null,
  }
}

/** Source: Envoy `RouteEntryImplBase::getRequestHeaderParsers`. */
function levelsOf({ requestHeaders, responseHeaders }: Route, host: Pick<VirtualHost, 'headers'>, table: TableHeaders): readonly HeaderMutations[] {
  const own = { request: requestHeaders, response: responseHeaders }
  const levels = [own, host.headers, table.headers].filter((level) => level !== undefined)
  return table.mostSpecificHeadersWin ? levels.reverse() : levels
}

function setsLength({ set }: HeaderMutation): boolean {
  return set.some(({ name }) => name === 'content-length')
}

/** Source: Envoy `RouteEntryImplBase::DynamicRouteEntry`. @returns `null`: the route itself names clusters */
export function clusterNamedBy({ config: { action }, choices }: RouteRuntime, request: HttpRequest): ChoiceRuntime | null {
  if (action.kind !== 'forward' || action.clusterHeader === undefined) return null
  const [only] = choices
  return { ...only!, config: { ...only!.config, cluster: headerOf(request, action.clusterHeader) ?? '' } }
}

function compileChoice(config: WeightedCluster): ChoiceRuntime {
  return {
    config,
    requestHeaders: compileMutation(config.requestHeaders, inlineOfRequest),
    responseHeaders: compileMutation(config.responseHeaders, inlineOfResponse),
  }
}

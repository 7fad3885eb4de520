import type { Resource } from '../../config/resource.ts'
import { envoyRefusal } from '../rules/envoy-refusal.ts'
import { originOf } from '../origin.ts'
import type { Rule } from '../rules/virtual-service.ts'
import type { HttpDestination, HttpMatch, HttpRetry, HttpRule } from '../rules/virtual-service-types.ts'
import { backendOf, weighted, weightSum } from './backends.ts'
import type { Problem } from './conditions.ts'
import { type ConvertedRule, failedRule } from './converted-rule.ts'
import { type FilterContext, headerOperations, translateFilters, unsupported } from './filters.ts'
import { grpcMatch, httpMatch } from './matches.ts'
import type { Surroundings } from './surroundings.ts'
import type { BackendRef, GrpcRouteRule, HttpRouteRule, RouteFilter, RouteSpec } from './types.ts'

/** The rules of an HTTPRoute, one for each match. @param mesh for clients in the mesh, who need no ReferenceGrant */
export function convertHttpRoute(route: Resource, mesh: boolean, surroundings: Surroundings): ConvertedRule[] {
  const { rules = [{}] }: RouteSpec<HttpRouteRule> = route.object['spec'] ?? {}
  return rules.flatMap((rule, n) => {
    const own = { ...(rule.timeouts?.request && notZero('timeout', rule.timeouts.request)), ...resilience(rule, surroundings) }
    return convertRule(route, rule, n, (rule.matches ?? [{}]).map(httpMatch), own, mesh, surroundings)
  })
}

/** The rules of a GRPCRoute: paths are services and methods. A rule without matches takes everything. */
export function convertGrpcRoute(route: Resource, mesh: boolean, surroundings: Surroundings): ConvertedRule[] {
  const { rules = [] }: RouteSpec<GrpcRouteRule> = route.object['spec'] ?? {}
  return rules.flatMap((rule, n) => convertRule(route, rule, n, (rule.matches ?? []).map(grpcMatch), {}, mesh, surroundings))
}

/** Source: Istio `pilot/pkg/config/kube/gateway/conversion.go` convertHTTPRoute. */
function convertRule(
  route: Resource,
  rule: HttpRouteRule | GrpcRouteRule,
  n: number,
  matches: readonly HttpMatch[],
  own: Partial<HttpRule>,
  mesh: boolean,
  surroundings: Surroundings,
): ConvertedRule[] {
  const context: FilterContext = { from: { kind: route.kind, namespace: route.namespace }, enforcesGrants: !mesh, surroundings }
  const filters = translateFilters([...(rule.filters ?? []), ...liftedFilters(rule, surroundings)], context)
  const action = actionOf(rule.backendRefs ?? [], filters.spec.redirect !== undefined, context)
  const broken = filters.unknown ?? (route.kind === 'GRPCRoute' ? filters.problems[0] : undefined) ?? action.hard
  const isDropped = broken !== null && (action.hard === broken || surroundings.departs('brokenFilterDropsRoute'))
  if (broken && isDropped) return [failedRule(broken)]
  const spec = { ...filters.spec, ...own, ...(broken ? { directResponse: { status: 500 } } : action.spec) }
  const problems = [...(broken ? [broken] : []), ...filters.problems, ...action.problems]
  return (matches.length === 0 ? [null] : matches).map((match, i) => ({ rule: ruleOf(route, rule.name, n, match, i, spec), problems }))
}

function ruleOf(route: Resource, name: string | undefined, n: number, match: HttpMatch | null, i: number, spec: Partial<HttpRule>): Rule {
  const own = { ...spec, name: name ?? `${route.namespace}.${route.name}.${n}`, ...(match && { match: [match] }) } as HttpRule
  return {
    spec: own,
    refusal: envoyRefusal(own),
    origin: originOf(route, 'spec', 'rules', n),
    matchOrigins: match ? [originOf(route, 'spec', 'rules', n, 'matches', i)] : [],
  }
}

interface Action {
  readonly spec: Partial<HttpRule>
  readonly problems: readonly Problem[]
  readonly hard: Problem | null
}

/** Nobody with a weight: 500, as the specification wants it. */
function actionOf(refs: readonly BackendRef[], redirects: boolean, context: FilterContext): Action {
  if (weightSum(refs) === 0) return { spec: redirects ? {} : { directResponse: { status: 500 } }, problems: [], hard: null }
  const chosen = weighted(refs).map(({ ref, weight }) => ({ weight, ...destinationOf(ref, refs.length === 1, context) }))
  return {
    spec: { route: chosen.map(({ destination, headers, weight }) => ({ destination, weight, ...(headers && { headers }) }) as HttpDestination) },
    problems: chosen.flatMap(({ problem }) => problem ?? []),
    hard: chosen.find(({ hard }) => hard)?.problem ?? null,
  }
}

/** What an only backend has is the rule's: there is nobody else whom it could concern. */
function liftedFilters({ backendRefs = [] }: HttpRouteRule | GrpcRouteRule, { departs }: Surroundings): readonly RouteFilter[] {
  const [only] = backendRefs
  if (!only || backendRefs.length > 1 || departs('backendFiltersAreHeadersOnly')) return []
  return (only.filters ?? []).filter((filter) => !isHeaderFilter(filter))
}

function isHeaderFilter({ type }: RouteFilter): boolean {
  return type === 'RequestHeaderModifier' || type === 'ResponseHeaderModifier'
}

function destinationOf(
  ref: BackendRef,
  onlyOne: boolean,
  { from, enforcesGrants, surroundings }: FilterContext,
): Pick<HttpDestination, 'destination' | 'headers'> & { readonly problem: Problem | null; readonly hard: boolean } {
  const { destination, problem, hard } = backendOf(ref, from, enforcesGrants, surroundings)
  const filters = ref.filters ?? []
  const other = filters.find((filter) => !isHeaderFilter(filter) && !(onlyOne && !surroundings.departs('backendFiltersAreHeadersOnly')))
  if (other) return { destination, problem: unsupported(other, surroundings), hard: true }
  const request = filters.findLast(({ type }) => type === 'RequestHeaderModifier')?.requestHeaderModifier
  const response = filters.findLast(({ type }) => type === 'ResponseHeaderModifier')?.responseHeaderModifier
  const headers = { ...(request && { request: headerOperations(request) }), ...(response && { response: headerOperations(response) }) }
  return { destination, problem, hard, ...(filters.length > 0 && { headers }) }
}

/** A zero switches a timeout off. */
function notZero<Field extends string>(field: Field, duration: string): { [Name in Field]?: string } {
  return /[1-9]/.test(duration) ? ({ [field]: duration } as { [Name in Field]?: string }) : {}
}

const conditions = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled']

/** `backendRequest` bounds each try where there are several, and else the request. */
function resilience({ retry, timeouts }: HttpRouteRule, { departs }: Surroundings): Partial<HttpRule> {
  const backendRequest = timeouts?.backendRequest ?? '0s'
  if (!retry) return notZero('timeout', backendRequest)
  const attempts = retry.attempts ?? 2
  const retries: HttpRetry = {
    attempts,
    ...(attempts > 0 && { retryOn: [...conditions, ...(departs('retriesLeaveResetsAlone') ? [] : ['reset']), ...(retry.codes ?? [])].join(',') }),
    ...(retry.backoff && { backoff: retry.backoff }),
    ...notZero('perTryTimeout', backendRequest),
  }
  return { retries }
}

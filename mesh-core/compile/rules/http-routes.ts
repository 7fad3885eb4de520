import type { Origin } from '../../ir/origin.ts'
import type { ForwardAction, MirrorPolicy, Route, RouteAction, WeightedCluster } from '../../ir/route.ts'
import { noMutation } from '../../ir/route.ts'
import { selects } from '../../registry/labels.ts'
import { translateCors } from './cors.ts'
import type { Departs } from '../departures.ts'
import { destinationCluster, type ServiceOf } from '../clusters/destination-cluster.ts'
import { durationMs } from '../duration.ts'
import { ppm, translateFault } from './fault.ts'
import { hashPolicies } from './hash-policy.ts'
import { hashRefusal } from '../clusters/hash-refusal.ts'
import { joined, noHeaders, translateHeaders, type TranslatedHeaders } from './headers.ts'
import type { ConsistentHash } from '../clusters/destination-rule-types.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { at } from '../origin.ts'
import { pathRewrite, type RewriteContext } from './path-rewrite.ts'
import { translateDirectResponse, translateRedirect } from './redirect.ts'
import { retryPolicy } from './retry-policy.ts'
import { isCatchAll, matchAll, routeMatch } from './route-match.ts'
import type { Rule, VirtualService } from './virtual-service.ts'
import type { Destination, HttpMatch, HttpRule } from './virtual-service-types.ts'

/** Of requests to a proxy, which are for whatever port. */
export const noPort = 0

/** Whom routes are made for. */
export interface RouteContext {
  /** Labels and namespace of the proxy. */
  readonly labels: Readonly<Record<string, string>>
  readonly namespace: string
  /** `mesh`, or the gateways that the route table serves. */
  readonly gateways: readonly string[]
  /** The port that the client addressed, or `noPort`. */
  readonly listenPort: number
  /** The listener terminates TLS. */
  readonly tls: boolean
  /**
   * The services that a destination without a port is looked up among, each with the ports that count here:
   * at a sidecar the listener's port alone, at a gateway all of them.
   */
  readonly service: ServiceOf
  /** The hash that the DestinationRule of a destination asks for. */
  readonly hashOf: (destination: NonNullable<Destination>) => ConsistentHash | undefined
  readonly mesh: MeshConfig
  /** The proxy tells rewritten hosts by `x-forwarded-host`. */
  readonly tellsForwardedHost?: boolean
  readonly departs: Departs
}

/**
 * The routes of a VirtualService for one proxy and port, in order; a rule with several matches becomes several. Behind a rule that takes everything nothing
 * is generated. Empty when no rule concerns the proxy. Source: Istio `core/route/route.go` BuildHTTPRoutesForVirtualService.
 */
export function httpRoutes(vs: VirtualService, context: RouteContext): Route[] {
  const routes: Route[] = []
  for (const rule of vs.rules) {
    const matches = rule.spec.match ?? []
    if (matches.length === 0) {
      routes.push(translateRule(vs, rule, null, null, context))
      return routes
    }
    for (const [i, match] of matches.entries()) {
      if (!concerns(match, context)) continue
      const route = translateRule(vs, rule, match, rule.matchOrigins[i] ?? rule.origin, context)
      routes.push(route)
      if (isCatchAll(route.match)) return routes
    }
  }
  return routes
}

/** `gateways` of a match replace the test of the source. Source: the same file, sourceMatchHTTP. */
function concerns(match: HttpMatch, context: RouteContext): boolean {
  if (match.port && match.port !== context.listenPort) return false
  if (match.gateways && match.gateways.length > 0) return match.gateways.some((gateway) => context.gateways.includes(gateway))
  if (!selects((match.sourceLabels ?? {}) as Record<string, string>, context.labels)) return false
  return !match.sourceNamespace || match.sourceNamespace === context.namespace
}

function translateRule(vs: VirtualService, rule: Rule, match: HttpMatch | null, matchOrigin: Origin | null, context: RouteContext): Route {
  const spec = rule.spec
  const headers = translateHeaders(spec.headers)
  const only = spec.route?.length === 1 && !spec.redirect && !spec.directResponse ? translateHeaders(spec.route[0]!.headers) : noHeaders
  const compiled = match === null ? matchAll : routeMatch(match, matchOrigin ?? rule.origin, vs.semantics)
  const action = translateAction(rule, headers, only, context, { semantics: vs.semantics, path: compiled.path, departs: context.departs })
  // There may be 100,000 of them: fields that few have are added afterwards, for objects that are made piece by piece take twice the room.
  const route: Route = {
    name: match?.name ? `${spec.name ?? ''}.${match.name}` : (spec.name ?? ''),
    match: compiled,
    action,
    requestHeaders: joined(headers.request, only.request),
    responseHeaders: joined(headers.response, only.response),
    fault: spec.fault ? translateFault(spec.fault, at(rule.origin, 'fault')) : null,
    cors: spec.corsPolicy ? translateCors(spec.corsPolicy) : null,
    refusal: rule.refusal ?? (action.kind === 'forward' ? hashRefusal(action.hashPolicies) : null),
    origin: rule.origin,
    matchOrigin,
  }
  return match?.statPrefix ? { ...route, statPrefix: match.statPrefix } : route
}

function translateAction(
  rule: Rule,
  headers: TranslatedHeaders,
  only: TranslatedHeaders,
  context: RouteContext,
  rewriting: RewriteContext,
): RouteAction {
  const { redirect, directResponse } = rule.spec
  if (redirect) return translateRedirect(redirect, context.listenPort, context.tls, rewriting)
  if (directResponse) return translateDirectResponse(directResponse)
  return forward(rule, headers, only, context, rewriting)
}

/** Source: the same file, applyHTTPRouteDestination. */
function forward(rule: Rule, headers: TranslatedHeaders, only: TranslatedHeaders, context: RouteContext, rewriting: RewriteContext): ForwardAction {
  const spec = rule.spec
  const rewrite = spec.rewrite
  const route = spec.route ?? []
  const hashes = route.filter((entry) => route.length === 1 || entry.weight).map((entry) => context.hashOf(entry.destination!))
  const action: ForwardAction = {
    kind: 'forward',
    clusters: weightedClusters(rule, context),
    clusterNotFoundStatus: rewriting.semantics === 'gateway-api' ? 500 : 503,
    timeoutMs: spec.timeout ? durationMs(spec.timeout) || null : null,
    // With a hash the same endpoint is tried again; of several destinations istiod does not look.
    retry: retryPolicy(spec.retries ?? context.mesh.defaultHttpRetryPolicy, route.length === 1 && hashes[0] !== undefined),
    mirrors: mirrors(spec, rule.origin, context),
    pathRewrite: rewrite ? pathRewrite(rewrite, rewriting) : null,
    // The rule's own authority goes before the one that its only destination sets.
    hostRewrite: rewrite?.authority || headers.authority || only.authority,
    hashPolicies: hashes.some((hash) => hash !== undefined) ? hashes.flatMap(hashPolicies) : noPolicies,
  }
  // An authority among headers alone tells nothing.
  return context.tellsForwardedHost && rewrite ? { ...action, tellsForwardedHost: true } : action
}

/** Shared: of 100,000 routes hardly one has any. */
const noPolicies: readonly never[] = []

/** Of several destinations those of weight 0 are left out; the headers of an only one stand at the route. */
function weightedClusters(rule: Rule, context: RouteContext): WeightedCluster[] {
  const route = rule.spec.route ?? []
  const only = route.length === 1
  const clusters = route.map((entry, i): WeightedCluster => {
    const own = only ? noHeaders : translateHeaders(entry.headers)
    return {
      cluster: destinationCluster(entry.destination!, context.service, context.listenPort),
      weight: entry.weight ?? 0,
      requestHeaders: own.request,
      responseHeaders: own.response,
      hostRewrite: own.authority,
      origin: at(rule.origin, 'route', i),
    }
  })
  return only ? clusters : clusters.filter(({ weight }) => weight > 0)
}

function mirrors(spec: HttpRule, origin: Origin, context: RouteContext): readonly MirrorPolicy[] {
  if (!spec.mirror && !spec.mirrors) return noPolicies
  const all: { destination: NonNullable<Destination>; share: number; origin: Origin }[] = []
  if (spec.mirror) all.push({ destination: spec.mirror as NonNullable<Destination>, share: mirrorShare(spec), origin: at(origin, 'mirror') })
  for (const [i, entry] of (spec.mirrors ?? []).entries()) {
    if (!entry.destination) continue
    all.push({
      destination: entry.destination as NonNullable<Destination>,
      share: entry.percentage ? ppm(entry.percentage.value ?? 0) : 1_000_000,
      origin: at(origin, 'mirrors', i),
    })
  }
  return all
    .filter((mirror) => mirror.share > 0)
    .map((mirror) => ({
      cluster: destinationCluster(mirror.destination, context.service, context.listenPort),
      ppm: mirror.share,
      appendShadowSuffix: !context.departs('mirrorKeepsHost'),
      origin: mirror.origin,
    }))
}

/** Everything is mirrored when no percentage is given; 0 switches it off. Source: the same file, MirrorPercent. */
function mirrorShare(spec: HttpRule): number {
  if (spec.mirrorPercentage) return ppm(spec.mirrorPercentage.value ?? 0)
  const old = spec.mirrorPercent ?? (spec as { mirror_percent?: number }).mirror_percent
  return old === undefined ? 1_000_000 : old * 10_000
}

/** The route of a service without a VirtualService. Source: the same file, BuildDefaultHTTPOutboundRoute. */
export function defaultRoute(cluster: string, name: string, origin: Origin, mesh: MeshConfig, hash?: ConsistentHash): Route {
  const policies = hashPolicies(hash)
  return {
    name,
    match: matchAll,
    action: {
      kind: 'forward',
      clusters: [{ cluster, weight: 1, requestHeaders: noMutation, responseHeaders: noMutation, hostRewrite: null, origin }],
      clusterNotFoundStatus: 503,
      timeoutMs: null,
      retry: retryPolicy(mesh.defaultHttpRetryPolicy, false),
      mirrors: [],
      pathRewrite: null,
      hostRewrite: null,
      hashPolicies: policies,
    },
    requestHeaders: noMutation,
    responseHeaders: noMutation,
    fault: null,
    cors: null,
    refusal: hashRefusal(policies),
    origin,
    matchOrigin: null,
  }
}

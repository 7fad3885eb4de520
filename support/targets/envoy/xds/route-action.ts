import type {
  DirectResponseAction,
  ForwardAction,
  HashPolicy,
  MirrorPolicy,
  PathRewrite,
  RedirectAction,
  RouteAction,
  StreamDuration,
  WeightedCluster,
} from '../../../../mesh-core/ir/route.ts'
import { headerOperations } from './header-mutation.ts'
import { duration, optional } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'
import { retryPolicy } from './retry-policy.ts'
import { partsPerMillion } from './parts-per-million.ts'

/** One of Envoy's `Route.action`. */
export function routeAction(action: RouteAction, placement: Placement): Json {
  switch (action.kind) {
    case 'forward':
      return { route: forward(action, placement) }
    case 'redirect':
      // As istiod does with a code that Envoy has none for: a route without an action, which Envoy refuses.
      return action.status in redirectCodes ? { redirect: redirect(action) } : {}
    case 'direct-response':
      return { direct_response: directResponse(action) }
  }
}

function forward(action: ForwardAction, placement: Placement): Json {
  const timeout = duration(action.timeoutMs ?? 0)
  return {
    ...(action.clusterHeader === undefined ? clusterSpecifier(action.clusters, placement) : { cluster_header: action.clusterHeader }),
    ...optional('cluster_not_found_response_code', notFoundCodes[action.clusterNotFoundStatus]),
    ...(action.hostRewrite === null ? {} : hostRewrite(action.hostRewrite)),
    ...optional('append_x_forwarded_host', action.tellsForwardedHost),
    ...(action.pathRewrite ? pathRewrite(action.pathRewrite) : {}),
    timeout,
    max_grpc_timeout: timeout,
    ...optional('max_stream_duration', action.duration && streamDuration(action.duration)),
    ...optional('idle_timeout', action.idleMs === undefined ? null : duration(action.idleMs)),
    ...optional('retry_policy', action.retry && retryPolicy(action.retry)),
    ...optional(
      'request_mirror_policies',
      action.mirrors.map((mirror) => mirrorPolicy(mirror, placement)),
    ),
    ...optional('hash_policy', action.hashPolicies.map(hashPolicy)),
  }
}

/** What is left out is 503. */
const notFoundCodes: Readonly<Record<number, string>> = { 404: 'NOT_FOUND', 500: 'INTERNAL_SERVER_ERROR' }

function streamDuration({ maxMs, askedMaxMs, askedOffsetMs }: StreamDuration): Json {
  return {
    ...optional('max_stream_duration', maxMs === undefined ? null : duration(maxMs)),
    ...optional('grpc_timeout_header_max', askedMaxMs === undefined ? null : duration(askedMaxMs)),
    ...optional('grpc_timeout_header_offset', askedOffsetMs === undefined ? null : duration(askedOffsetMs)),
  }
}

function clusterSpecifier(clusters: readonly WeightedCluster[], placement: Placement): Json {
  const [only] = clusters
  if (clusters.length === 1 && only && isPlain(only)) return { cluster: placement.cluster(only.cluster) }
  // The weight of an only alternative plays no part, and Envoy refuses a sum of 0.
  const weight = (one: WeightedCluster) => (clusters.length === 1 ? 1 : one.weight)
  return { weighted_clusters: { clusters: clusters.map((one) => weightedCluster(one, weight(one), placement)) } }
}

function isPlain({ requestHeaders, responseHeaders, hostRewrite }: WeightedCluster): boolean {
  return hostRewrite === null && [requestHeaders, responseHeaders].every(({ set, remove }) => set.length + remove.length === 0)
}

function weightedCluster(one: WeightedCluster, weight: number, placement: Placement): Json {
  return {
    name: placement.cluster(one.cluster),
    weight,
    ...optional('host_rewrite_literal', one.hostRewrite),
    ...headerOperations(one.requestHeaders, one.responseHeaders, placement.formats),
  }
}

function hostRewrite(rewrite: NonNullable<ForwardAction['hostRewrite']>): Json {
  if (typeof rewrite === 'string') return { host_rewrite_literal: rewrite }
  switch (rewrite.kind) {
    case 'header':
      return { host_rewrite_header: rewrite.name }
    case 'path':
      return { host_rewrite_path_regex: { pattern: { regex: rewrite.pattern }, substitution: rewrite.substitution } }
    case 'endpoint':
      return { auto_host_rewrite: true }
  }
}

function pathRewrite(rewrite: PathRewrite): Json {
  switch (rewrite.kind) {
    case 'prefix':
      return { prefix_rewrite: rewrite.replacement }
    case 'regex':
      return { regex_rewrite: { pattern: { regex: rewrite.pattern }, substitution: rewrite.substitution } }
    case 'full':
      return { regex_rewrite: { pattern: { regex: '/.*' }, substitution: rewrite.path.replaceAll('\\', '\\\\') } }
  }
}

function mirrorPolicy({ cluster, ppm, appendShadowSuffix }: MirrorPolicy, placement: Placement): Json {
  return {
    cluster: placement.cluster(cluster),
    runtime_fraction: { default_value: partsPerMillion(ppm) },
    trace_sampled: false,
    disable_shadow_host_suffix_append: !appendShadowSuffix,
  }
}

function hashPolicy(policy: HashPolicy): Json {
  const terminal = policy.terminal ? { terminal: true } : {}
  switch (policy.kind) {
    case 'header':
      return { header: { header_name: policy.name }, ...terminal }
    case 'cookie':
      return {
        cookie: {
          name: policy.name,
          path: policy.path,
          ...optional('ttl', policy.ttlMs === null ? null : duration(policy.ttlMs)),
          ...optional('attributes', policy.attributes),
        },
        ...terminal,
      }
    case 'source-ip':
      return { connection_properties: { source_ip: true }, ...terminal }
    case 'query':
      return { query_parameter: { name: policy.name }, ...terminal }
  }
}

const redirectCodes: Readonly<Record<number, string>> = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
}

function redirect({ status, scheme, host, port, path, stripsQuery }: RedirectAction): Json {
  return {
    ...optional('scheme_redirect', scheme),
    ...optional('host_redirect', host),
    ...optional('port_redirect', port),
    ...(path === null ? {} : path.kind === 'full' ? { path_redirect: path.path } : pathRewrite(path)),
    ...optional('strip_query', stripsQuery),
    response_code: redirectCodes[status],
  }
}

function directResponse({ status, body }: DirectResponseAction): Json {
  return { status, ...optional('body', body === null ? null : { inline_string: body }) }
}

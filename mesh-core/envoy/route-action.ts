import type { DirectResponseAction, ForwardAction, PathRewrite, RedirectAction, RouteAction, WeightedCluster } from '../ir/route.ts'
import { noMutation } from '../ir/route.ts'
import type { Origin } from '../ir/origin.ts'
import { durationMs, int, message, type Message, messages, NotUnderstood, only, text } from './fields.ts'
import { headerFields, readHeaderMutations } from './header-mutations.ts'
import { readRegex } from './matchers.ts'

/** Fields of a route action that decide nothing about where a request goes and with what. */
const indifferent = [
  ...['retry_policy', 'retry_policy_typed_config', 'max_grpc_timeout', 'grpc_timeout_offset', 'max_stream_duration', 'priority'],
  ...['request_mirror_policies', 'hash_policy', 'cors', 'rate_limits', 'include_vh_rate_limits', 'upgrade_configs', 'metadata_match'],
  ...['cluster_not_found_response_code', 'hedge_policy', 'early_data_policy', 'internal_redirect_policy', 'flush_timeout'],
]
const forwardFields = new Set([
  ...['cluster', 'cluster_header', 'weighted_clusters', 'prefix_rewrite', 'regex_rewrite', 'timeout', 'idle_timeout'],
  ...['host_rewrite_literal', 'host_rewrite_header', 'host_rewrite_path_regex', 'auto_host_rewrite', 'append_x_forwarded_host'],
  ...indifferent,
])

/** Source: Envoy `Route.action`. @returns `null` for a route without one */
export function readAction(route: Message, place: string, origin: Origin): RouteAction | null {
  if (route['redirect'] !== undefined) return readRedirect(message(route['redirect'], `${place}.redirect`), `${place}.redirect`)
  if (route['direct_response'] !== undefined) return readDirectResponse(message(route['direct_response'], `${place}.direct_response`), place)
  if (route['route'] !== undefined) return readForward(message(route['route'], `${place}.route`), `${place}.route`, origin)
  return null
}

function readForward(value: Message, place: string, origin: Origin): ForwardAction {
  const action = only(value, place, forwardFields)
  return {
    kind: 'forward',
    ...readClusters(action, place, origin),
    clusterNotFoundStatus: 503,
    // Envoy's own default.
    timeoutMs: action['timeout'] === undefined ? 15_000 : durationMs(action['timeout']) || null,
    retry: null,
    mirrors: [],
    pathRewrite: readPathRewrite(action, place),
    hostRewrite: readHostRewrite(action, place),
    ...(action['append_x_forwarded_host'] === true && { tellsForwardedHost: true as const }),
    ...(action['idle_timeout'] !== undefined && { idleMs: durationMs(action['idle_timeout']) ?? 0 }),
    hashPolicies: [],
  }
}

function readClusters(action: Message, place: string, origin: Origin): Pick<ForwardAction, 'clusters' | 'clusterHeader'> {
  if (action['cluster'] !== undefined) return { clusters: [leadingTo(String(action['cluster']), origin)] }
  const header = text(action['cluster_header'])
  if (header !== null) return { clusters: [leadingTo('', origin)], clusterHeader: header.toLowerCase() }
  return { clusters: readWeightedClusters(action['weighted_clusters'], place, origin) }
}

/** Source: Envoy `RouteAction.host_rewrite_specifier`. */
function readHostRewrite(action: Message, place: string): ForwardAction['hostRewrite'] {
  if (action['host_rewrite_path_regex'] !== undefined) {
    const rewrite = message(action['host_rewrite_path_regex'], `${place}.host_rewrite_path_regex`)
    const pattern = readRegex(rewrite['pattern'], `${place}.host_rewrite_path_regex.pattern`)
    return { kind: 'path', pattern, substitution: String(rewrite['substitution'] ?? '') }
  }
  const header = text(action['host_rewrite_header'])
  if (header !== null) return { kind: 'header', name: header.toLowerCase() }
  return action['auto_host_rewrite'] === true ? { kind: 'endpoint' } : text(action['host_rewrite_literal'])
}

export function readWeightedClusters(value: unknown, place: string, origin: Origin): WeightedCluster[] {
  const weighted = only(message(value, place), `${place}.weighted_clusters`, weightedFields)
  return messages(weighted['clusters'], `${place}.weighted_clusters.clusters`).map((entry, i) =>
    readWeightedCluster(entry, `${place}.weighted_clusters.clusters[${i}]`, origin),
  )
}

/** One cluster, which gets all. */
export function leadingTo(cluster: string, origin: Origin): WeightedCluster {
  return { cluster, weight: 1, requestHeaders: noMutation, responseHeaders: noMutation, hostRewrite: null, origin }
}

const weightedFields = new Set(['clusters', 'total_weight', 'runtime_key_prefix'])
const weightedClusterFields = new Set(['name', 'weight', 'host_rewrite_literal', 'metadata_match', 'typed_per_filter_config', ...headerFields])

function readWeightedCluster(value: Message, place: string, origin: Origin): WeightedCluster {
  const entry = only(value, place, weightedClusterFields)
  const { request, response } = readHeaderMutations(entry, place)
  return {
    cluster: String(entry['name']),
    weight: int(entry['weight']),
    requestHeaders: request,
    responseHeaders: response,
    hostRewrite: text(entry['host_rewrite_literal']),
    origin,
  }
}

function readPathRewrite(owner: Message, place: string): PathRewrite | null {
  if (text(owner['prefix_rewrite']) !== null) return { kind: 'prefix', replacement: String(owner['prefix_rewrite']) }
  if (owner['regex_rewrite'] === undefined) return null
  const rewrite = message(owner['regex_rewrite'], `${place}.regex_rewrite`)
  return {
    kind: 'regex',
    pattern: readRegex(rewrite['pattern'], `${place}.regex_rewrite.pattern`),
    substitution: String(rewrite['substitution'] ?? ''),
  }
}

const redirectFields = new Set([
  ...['https_redirect', 'scheme_redirect', 'host_redirect', 'port_redirect', 'path_redirect', 'prefix_rewrite', 'regex_rewrite', 'response_code'],
  'strip_query',
])

const redirectCodes: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
}

function readRedirect(value: Message, place: string): RedirectAction {
  const redirect = only(value, place, redirectFields)
  const code = String(redirect['response_code'] ?? 'MOVED_PERMANENTLY')
  const status = redirectCodes[code] ?? Object.values(redirectCodes)[Number(code)]
  if (status === undefined) throw new NotUnderstood(`${place}.response_code`, `${code} is not understood`)
  const path = text(redirect['path_redirect'])
  return {
    kind: 'redirect',
    status,
    scheme: redirect['https_redirect'] === true ? 'https' : text(redirect['scheme_redirect']),
    host: text(redirect['host_redirect']),
    port: int(redirect['port_redirect']) || null,
    path: path === null ? readPathRewrite(redirect, place) : { kind: 'full', path },
    ...(redirect['strip_query'] === true && { stripsQuery: true as const }),
  }
}

function readDirectResponse(value: Message, place: string): DirectResponseAction {
  const direct = only(value, `${place}.direct_response`, new Set(['status', 'body']))
  const body = only(message(direct['body'], place), `${place}.direct_response.body`, new Set(['inline_string', 'inline_bytes']))
  const bytes = text(body['inline_bytes'])
  return {
    kind: 'direct-response',
    status: int(direct['status']),
    body: bytes === null ? text(body['inline_string']) : new TextDecoder().decode(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))),
  }
}

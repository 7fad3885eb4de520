import type { RouteFilters } from './inserted-filter.ts'
import type { HeaderMatch, RouteMatch, StringMatch } from './match.ts'
import type { Origin } from './origin.ts'

/** A header written by the proxy. `value` may hold Envoy's `%OPERATORS%`. Source: Envoy `HeaderValueOption`. */
export interface HeaderValueOption {
  /** Lower case. */
  readonly name: string
  readonly value: string
  /**
   * `append` adds another value; `overwrite` replaces all that were there. Istio `headers.*.add` and `.set`. The others do so only where the header is not there
   * before anything is written, or only where it is. Envoy `append_action`.
   */
  readonly action: 'append' | 'overwrite' | 'add-if-absent' | 'overwrite-if-present'
  /** A value that comes out empty is written too. Envoy `keep_empty_value`. */
  readonly keepsEmpty?: true
}

/** Applied in the order removed, then set and added. Source: Envoy `*_headers_to_add`, `*_headers_to_remove`. */
export interface HeaderMutation {
  readonly set: readonly HeaderValueOption[]
  /** Lower case names. */
  readonly remove: readonly string[]
}

export const noMutation: HeaderMutation = { set: [], remove: [] }

/** On the way there and on the way back. */
export interface HeaderMutations {
  readonly request: HeaderMutation
  readonly response: HeaderMutation
}

/** A share in parts per million. Source: Envoy `FractionalPercent` with denominator MILLION. */
export type PartsPerMillion = number

/**
 * A bucket of tokens of each filter chain: a request takes one, or is answered by the proxy. It fills evenly and begins full. Source: Envoy `LocalRateLimit`.
 */
export interface RateLimit {
  /** In front of all filters, or right before the router: behind tokens, fault injection and CORS. */
  readonly place: 'first' | 'last'
  /** `null`: nobody is kept out. */
  readonly bucket: TokenBucket | null
  /** Of requests that take a token, and of those that are answered when there is none. */
  readonly enabled: PartsPerMillion
  readonly enforced: PartsPerMillion
  readonly status: number
  /** Of such answers. */
  readonly responseHeaders: HeaderMutation
}

/** Source: Envoy `TokenBucket`. */
export interface TokenBucket {
  readonly maxTokens: number
  readonly tokensPerFill: number
  readonly fillIntervalMs: number
}

/** Source: Envoy `HTTPFault`. Delay and abort are drawn apart; the delay comes first. */
export interface Fault {
  /** `null`: as long as the request asks for by its headers. Envoy `header_delay`. */
  readonly delay: (FaultShare & { readonly durationMs: number | null }) | null
  readonly abort: (FaultShare & { readonly status: AbortStatus }) | null
  /** Other requests are left alone. */
  readonly headers?: readonly HeaderMatch[]
  readonly origin: Origin
}

export interface FaultShare {
  readonly ppm: PartsPerMillion
  /** Where requests may ask for less: what one is of the shares that they ask for. */
  readonly unitPpm?: PartsPerMillion
}

export type AbortStatus =
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'grpc'; readonly status: number }
  /** As the request asks for by its headers. Envoy `header_abort`. */
  | { readonly kind: 'asked' }

/** Source: Envoy `RetryPolicy`. */
export interface RetryPolicy {
  /** Tries after the first one. */
  readonly numRetries: number
  /** Envoy's retry conditions: `5xx`, `gateway-error`, `connect-failure`, `retriable-status-codes`, `reset-before-request` … */
  readonly retryOn: readonly string[]
  readonly retriableStatusCodes: readonly number[]
  /** Of answers, by any of which they are tried again where that is asked for (`retriable-headers`). */
  readonly retriableHeaders?: readonly HeaderMatch[]
  /** `null`: the route's timeout alone. */
  readonly perTryTimeoutMs: number | null
  /** Envoy's `base_interval` and `max_interval` of the jittered exponential back-off, in ms. */
  readonly backOff: { readonly baseMs: number; readonly maxMs: number }
  /** Prefer an endpoint that was not tried yet (`envoy.retry_host_predicates.previous_hosts`), giving up after so many selections; 0 for no preference. */
  readonly hostSelectionAttempts: number
  /**
   * Retries go to priorities that were not tried yet (`envoy.retry_priorities.previous_priorities`), looked at after so many tries each time.
   * Istio `retries.retryRemoteLocalities`.
   */
  readonly previousPriorities?: number
}

/** One alternative of a split. Source: Envoy `WeightedCluster.ClusterWeight`. */
export interface WeightedCluster {
  readonly cluster: string
  /** Relative to the sum of the weights of the action. */
  readonly weight: number
  readonly requestHeaders: HeaderMutation
  readonly responseHeaders: HeaderMutation
  /** Replaces the Host header when this alternative was chosen; `null` keeps it. */
  readonly hostRewrite: string | null
  readonly origin: Origin
}

/** Source: Envoy `RouteAction.RequestMirrorPolicy`. */
export interface MirrorPolicy {
  readonly cluster: string
  readonly ppm: PartsPerMillion
  /** Envoy's own default; istiod switches it off (`disable_shadow_host_suffix_append`, observed: the copy keeps its Host). */
  readonly appendShadowSuffix: boolean
  readonly origin: Origin
}

export type PathRewrite =
  /** The matched part (prefix, or the whole of an exact path) is replaced. Envoy `prefix_rewrite`. */
  | { readonly kind: 'prefix'; readonly replacement: string }
  /** Every match of an RE2 pattern is substituted; `\1` names a group. Envoy `regex_rewrite`. */
  | { readonly kind: 'regex'; readonly pattern: string; readonly substitution: string }
  /** The whole path is replaced, the query string stays. Envoy `path_rewrite` / full replacement. */
  | { readonly kind: 'full'; readonly path: string }

/** What a key is hashed of, in order; `terminal` stops at the first that gives a hash. Source: Envoy `RouteAction.HashPolicy`. */
export type HashPolicy =
  | { readonly kind: 'header'; readonly name: string; readonly terminal: boolean }
  | {
      readonly kind: 'cookie'
      readonly name: string
      readonly path: string
      /** A client without the cookie is given one for so long, 0 for its session; `null` gives none. */
      readonly ttlMs: number | null
      readonly attributes: readonly { readonly name: string; readonly value: string }[]
      readonly terminal: boolean
    }
  | { readonly kind: 'source-ip'; readonly terminal: boolean }
  | { readonly kind: 'query'; readonly name: string; readonly terminal: boolean }

/** Where the host comes from that a request goes on for. One that is empty changes nothing. */
export type HostSource =
  /** A header of it. Envoy `host_rewrite_header`. */
  | { readonly kind: 'header'; readonly name: string }
  /** Its path, of which every match is substituted. Envoy `host_rewrite_path_regex`. */
  | { readonly kind: 'path'; readonly pattern: string; readonly substitution: string }
  /** The name of the endpoint that it is sent to. Envoy `auto_host_rewrite`. */
  | { readonly kind: 'endpoint' }

export interface ForwardAction {
  readonly kind: 'forward'
  /** One or more; with one, its weight plays no part. A weight of 0 never wins. */
  readonly clusters: readonly WeightedCluster[]
  /** This header of the request, as it is when the route is found, names the cluster in their place. Envoy `cluster_header`. */
  readonly clusterHeader?: string
  /** The answer when the chosen cluster does not exist: 503, or 500 for Gateway API routes. Envoy `cluster_not_found_response_code`. */
  readonly clusterNotFoundStatus: number
  /** Deadline in ms for the whole exchange, all tries included; `null` for none. Istio `http[].timeout`. */
  readonly timeoutMs: number | null
  /** Of this route, in the place of the proxy's own `streamIdleMs`; 0 for never. Envoy `idle_timeout`. */
  readonly idleMs?: number
  /** How long requests may take at all, from their beginning. It stands in the place of `timeoutMs`. Envoy `max_stream_duration`. */
  readonly duration?: StreamDuration
  /** `grpc-timeout` of the request is honoured (Envoy `max_stream_duration.grpc_timeout_header_max` / `max_grpc_timeout`), which Istio sets without a limit where no timeout is configured. */
  readonly retry: RetryPolicy | null
  readonly mirrors: readonly MirrorPolicy[]
  readonly pathRewrite: PathRewrite | null
  /** A text is the host itself. Envoy `RouteAction.host_rewrite_specifier`. */
  readonly hostRewrite: string | HostSource | null
  /** The host before goes into `x-forwarded-host`. Envoy `append_x_forwarded_host`. */
  readonly tellsForwardedHost?: true
  readonly hashPolicies: readonly HashPolicy[]
}

/** Source: Envoy `RouteAction.MaxStreamDuration`. */
export interface StreamDuration {
  /** 0 for ever; left out: as the proxy has it. */
  readonly maxMs?: number
  /** What a request asks for by `grpc-timeout` counts, up to this; 0 for whatever it asks. Envoy `grpc_timeout_header_max`. */
  readonly askedMaxMs?: number
  /** It gets so much less. Envoy `grpc_timeout_header_offset`. */
  readonly askedOffsetMs?: number
}

/** Source: Envoy `RedirectAction`. */
export interface RedirectAction {
  readonly kind: 'redirect'
  readonly status: number
  /** `null` keeps the request's. */
  readonly scheme: string | null
  readonly host: string | null
  /** A number is written as it is; `null` keeps the request's (Envoy `port_redirect`). */
  readonly port: number | null
  /** `null` keeps the request's. */
  readonly path: PathRewrite | null
  /** The request's query is not kept. Envoy `strip_query`. */
  readonly stripsQuery?: true
}

/** Source: Envoy `DirectResponseAction`. */
export interface DirectResponseAction {
  readonly kind: 'direct-response'
  readonly status: number
  /** Base64 is decoded before; text is sent as UTF-8. */
  readonly body: string | null
}

export type RouteAction = ForwardAction | RedirectAction | DirectResponseAction

/** Source: Envoy `CorsPolicy` (per-route config of the CORS filter). */
export interface CorsPolicy {
  readonly allowOrigins: readonly StringMatch[]
  /** Joined texts as they are written into the answer; `null` for none. */
  readonly allowMethods: string | null
  readonly allowHeaders: string | null
  readonly exposeHeaders: string | null
  readonly maxAge: string | null
  /** `null` where nothing is said of it, which is `false`. */
  readonly allowCredentials: boolean | null
  /** Preflights of other origins go to the workload; `false` answers them here. Istio `unmatchedPreflights`. */
  readonly forwardNotMatchingPreflights: boolean
}

/** Of config that Envoy does not take (NACK). */
export interface Refusal {
  readonly reason: string
  /** A message that breaks a rule of its own form is not read at all: no table that comes in it is taken. */
  readonly spoils: 'table' | 'message'
}

/** One rule with its match. Source: Envoy `Route`. */
export interface Route {
  /** As the access log writes it; `''` is written as `-`. */
  readonly name: string
  readonly match: RouteMatch
  /** Envoy keeps statistics of the route under this name. Istio `http[].match[].statPrefix`. */
  readonly statPrefix?: string
  readonly action: RouteAction
  readonly requestHeaders: HeaderMutation
  readonly responseHeaders: HeaderMutation
  readonly fault: Fault | null
  readonly cors: CorsPolicy | null
  /** In the place of what filters say. Its bucket is this route's own. Envoy `typed_per_filter_config`, as those of a host and of a table. */
  readonly rateLimit?: RateLimit
  /** What it tells filters beside that. */
  readonly filters?: RouteFilters
  /** Why Envoy refuses any table that holds this route, though istiod writes it; `null` for all that are in order. */
  readonly refusal: Refusal | null
  /** Of the rule (`spec.http[2]`), or of the resource that made a default route. */
  readonly origin: Origin
  /** Of the `match[]` entry; `null` for a rule without. */
  readonly matchOrigin: Origin | null
}

/** Source: Envoy `VirtualHost`. */
export interface VirtualHost {
  readonly name: string
  /** Exact names, `*.suffix`, `prefix.*` or `*`, lower case; ports as written. The most specific wins: exact, longest suffix wildcard, longest prefix wildcard, `*`. */
  readonly domains: readonly string[]
  readonly routes: readonly Route[]
  /** Redirects every plain request to https. Envoy `require_tls: ALL`. */
  readonly requireTls: boolean
  /** In the place of what its table says. Envoy `include_request_attempt_count`. */
  readonly countsAttempts?: boolean
  /** Answers of its routers tell by `x-envoy-attempt-count` how many tries there were. Envoy `include_attempt_count_in_response`. */
  readonly tellsAttempts?: true
  /** Of all its routes that say nothing of it. */
  readonly rateLimit?: RateLimit
  readonly filters?: RouteFilters
  /** Done after those of its routes, to what these have left. */
  readonly headers?: HeaderMutations
}

/** Source: Envoy `RouteConfiguration`. */
export interface RouteTable {
  readonly name: string
  readonly virtualHosts: readonly VirtualHost[]
  /** The port in Host plays no part in the choice of the virtual host. Envoy `ignore_port_in_host_matching`. */
  readonly ignorePortInHost: boolean
  /** Of all its hosts that say nothing of it. */
  readonly rateLimit?: RateLimit
  readonly filters?: RouteFilters
  /** Done after those of its hosts. */
  readonly headers?: HeaderMutations
  /** First the table's, then the host's, then the route's. Envoy `most_specific_header_mutations_wins`. */
  readonly mostSpecificHeadersWin?: true
  /** `false`: requests do not tell by `x-envoy-attempt-count` which try they are. Envoy `include_request_attempt_count` of every virtual host. */
  readonly countsAttempts?: false
}

import type { InsertedFilter } from '../../../../mesh-core/ir/inserted-filter.ts'
import type { HttpSettings, PathNormalization } from '../../../../mesh-core/ir/proxy-config.ts'
import { httpAccessFilters } from './access-filter.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import { customAccessFilters, type AskingPlace } from './custom-access-filters.ts'
import { httpFault, insertedFilter } from './inserted-filter.ts'
import { localReplyConfig } from './local-replies.ts'
import { jwtFilter } from './jwt-filter.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'

/** What istiod sets apart for the three places of a proxy. Source: Istio `core/listener.go`, `core/gateway.go`. */
const ofDirection = {
  outbound: { use_remote_address: false },
  inbound: {
    server_name: 'istio-envoy',
    use_remote_address: false,
    forward_client_cert_details: 'APPEND_FORWARD',
    set_current_client_cert_details: { subject: true, dns: true, uri: true },
  },
  gateway: {
    server_name: 'istio-envoy',
    use_remote_address: true,
    forward_client_cert_details: 'SANITIZE_SET',
    set_current_client_cert_details: { subject: true, cert: true, dns: true, uri: true },
  },
} as const

const normalizations: Readonly<Record<PathNormalization, Json>> = {
  NONE: { path_with_escaped_slashes_action: 'KEEP_UNCHANGED' },
  BASE: { normalize_path: true, path_with_escaped_slashes_action: 'KEEP_UNCHANGED' },
  MERGE_SLASHES: { normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: 'KEEP_UNCHANGED' },
  DECODE_AND_MERGE_SLASHES: { normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD' },
}

export interface ConnectionManager {
  readonly direction: keyof typeof ofDirection
  /** For the names of metrics. */
  readonly statPrefix: string
  /** `rds` or `route_config`. */
  readonly routes: Json
  readonly pathNormalization: PathNormalization
  readonly settings?: HttpSettings
  /** Of a sidecar that listens elsewhere. */
  readonly place?: ArrivalPlace
  /** Default: names are as they are, and nobody watches. */
  readonly asking?: AskingPlace
  readonly accessLog: readonly Json[]
}

/** Envoy's own limit. Source: Envoy `HttpProtocolOptions.max_headers_count`. */
const usualHeaders = 100

const unplaced: AskingPlace = { cluster: (name) => name, asker: null }

/** Source: Envoy `HttpConnectionManager`, with what istiod sets. */
export function httpConnectionManager({
  direction,
  statPrefix,
  routes,
  pathNormalization,
  settings = {},
  place,
  asking = unplaced,
  accessLog,
}: ConnectionManager): Json {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      stat_prefix: statPrefix,
      ...routes,
      ...ofDirection[direction],
      ...commonOptions(settings, asking.asker !== null),
      ...overrides(settings),
      ...optional('access_log', accessLog),
      http_filters: filtersOf(settings, place ?? null, asking),
      stream_idle_timeout: duration(settings.streamIdleMs ?? 0),
      proxy_100_continue: true,
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      ...normalizations[pathNormalization],
      ...optional('merge_slashes', settings.mergesSlashes),
      ...optional('path_with_escaped_slashes_action', settings.escapedSlashes),
    }),
  }
}

function filtersOf(
  { custom, jwt, access = [], inserted = [], fault, envoyHeaders }: HttpSettings,
  place: ArrivalPlace | null,
  asking: AskingPlace,
): readonly Json[] {
  const [usualFault, ...others] = envoyHeaders === false ? quietFilters : httpFilters
  const own = [fault ? { ...usualFault, typed_config: httpFault(fault) } : usualFault!, ...others]
  const insertedAt = (place: InsertedFilter['place']): Json[] =>
    inserted.filter((one) => one.place === place).flatMap((one) => insertedFilter(one, asking))
  const identity = [
    ...(custom ? customAccessFilters(custom, place, asking) : []),
    ...insertedAt('authn'),
    ...(jwt ? [jwtFilter(jwt)] : []),
    ...insertedAt('authz'),
    ...httpAccessFilters(access, place),
    ...insertedAt('stats'),
    ...insertedAt('unspecified'),
  ]
  return [...insertedAt('first'), ...identity, ...own.slice(0, -1), ...insertedAt('last'), ...own.slice(-1)]
}

function overrides(settings: HttpSettings): Json {
  const { trustedProxies, server, keepsServer, requestIds, forwardedPort, forwardClientCert, clientCertDetails, acceptsHttp10 } = settings
  return {
    ...(acceptsHttp10 && { http_protocol_options: { accept_http_10: true } }),
    ...optional('xff_num_trusted_hops', trustedProxies),
    ...(server === null ? { server_header_transformation: 'PASS_THROUGH' } : optional('server_name', server)),
    ...(keepsServer && { server_header_transformation: 'APPEND_IF_ABSENT' }),
    ...optional('generate_request_id', requestIds),
    ...optional('append_x_forwarded_port', forwardedPort),
    ...optional('forward_client_cert_details', forwardClientCert),
    ...optional('set_current_client_cert_details', clientCertDetails),
    ...ofFilters(settings),
  }
}

/** What EnvoyFilters alone say. */
function ofFilters({
  stripsAnyPort,
  stripsMatchingPort,
  stripsTrailingDot,
  keepsRequestIds,
  tellsRequestIds,
  mostHeaderKib,
  via,
  skipsForwardedFor,
  localReplies,
}: HttpSettings): Json {
  return {
    ...optional('strip_any_host_port', stripsAnyPort),
    ...optional('strip_matching_host_port', stripsMatchingPort),
    ...optional('strip_trailing_host_dot', stripsTrailingDot),
    ...optional('preserve_external_request_id', keepsRequestIds),
    ...optional('always_set_request_id_in_response', tellsRequestIds),
    ...optional('max_request_headers_kb', mostHeaderKib),
    ...optional('via', via),
    ...optional('skip_xff_append', skipsForwardedFor),
    ...optional('local_reply_config', localReplies && localReplyConfig(localReplies)),
  }
}

/** Who is watched gets a header more than the client has sent: `callHeader`. */
function commonOptions(settings: HttpSettings, isWatched: boolean): Json {
  const { underscores, mostHeaders, maxDurationMs, requestsPerConnection, connectionMs } = settings
  const options = {
    ...optional('max_requests_per_connection', requestsPerConnection),
    ...optional('max_connection_duration', connectionMs === undefined ? null : duration(connectionMs)),
    ...optional('max_headers_count', isWatched ? (mostHeaders ?? usualHeaders) + 1 : mostHeaders),
    ...optional('headers_with_underscores_action', underscores),
    ...optional('max_stream_duration', maxDurationMs === undefined ? null : duration(maxDurationMs)),
  }
  return Object.keys(options).length === 0 ? {} : { common_http_protocol_options: options }
}

/** In istiod's order. */
const httpFilters: readonly Json[] = [filter('fault', 'fault.v3.HTTPFault'), filter('cors', 'cors.v3.Cors'), filter('router', 'router.v3.Router')]

const quietFilters = [...httpFilters.slice(0, -1), filter('router', 'router.v3.Router', { suppress_envoy_headers: true })]

function filter(name: string, type: string, config: Json = {}): Json {
  return { name: `envoy.filters.http.${name}`, typed_config: typed(`envoy.extensions.filters.http.${type}`, config) }
}

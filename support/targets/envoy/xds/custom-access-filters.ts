import { hostOfCluster } from '../../../../mesh-core/ir/cluster.ts'
import type { AccessRules, Authorizer, AuthorizedBytes, CustomAccess, HeaderName, HttpAuthorizer } from '../../../../mesh-core/ir/access.ts'
import { httpAccessFilter, rbac, tcpAccessFilter, tcpAccessFilters } from './access-filter.ts'
import type { ArrivalPlace } from './arrival-place.ts'
import { askerHeader, callHeader } from './access-log.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { stringMatcher } from './string-match.ts'

/** Names of clusters as the Envoy has them, and who asks. */
export interface AskingPlace {
  readonly cluster: (name: string) => string
  /** `default/shop-v1`; `null`: nobody watches. */
  readonly asker: string | null
}

const shadowPrefix = 'istio_ext_authz_'

/** What it would decide RBAC writes down, and the next filter asks where it has. Source: Istio `security/authz/builder/extauthz.go`, Envoy `ExtAuthz`. */
export function customAccessFilters({ rules, authorizer }: CustomAccess, place: ArrivalPlace | null, asking: AskingPlace): readonly Json[] {
  if (!authorizer) return [httpAccessFilter(rules, place)]
  return [
    { name: 'envoy.filters.http.rbac', typed_config: typed('envoy.extensions.filters.http.rbac.v3.RBAC', shadowOf(rules, place)) },
    { name: 'envoy.filters.http.ext_authz', typed_config: extAuthz(authorizer, asking) },
  ]
}

/** Of who reads no HTTP. */
export function filtersOfBytes({ askedOfBytes, access = [] }: BytesAccess, place: ArrivalPlace | null, asking: AskingPlace): readonly Json[] {
  return [...(askedOfBytes ? tcpCustomAccessFilters(askedOfBytes, place, asking) : []), ...tcpAccessFilters(access, place)]
}

interface BytesAccess {
  readonly askedOfBytes?: AuthorizedBytes
  readonly access?: readonly AccessRules[]
}

/** The same of connections. */
function tcpCustomAccessFilters({ rules, authorizer }: AuthorizedBytes, place: ArrivalPlace | null, asking: AskingPlace): readonly Json[] {
  const asks = typed('envoy.extensions.filters.network.ext_authz.v3.ExtAuthz', {
    stat_prefix: 'tcp.',
    grpc_service: grpcService(authorizer, asking),
    failure_mode_allow: authorizer.failOpen,
    transport_api_version: 'V3',
    filter_enabled_metadata: decidedBy('envoy.filters.network.rbac', authorizer),
  })
  return [tcpAccessFilter(shadowOf(rules, place)), { name: 'envoy.filters.network.ext_authz', typed_config: asks }]
}

function shadowOf(rules: AccessRules, place: ArrivalPlace | null): Json {
  return { shadow_rules: rbac(rules, place), shadow_rules_stat_prefix: shadowPrefix }
}

function decidedBy(filter: string, { name }: Authorizer): Json {
  return {
    filter,
    path: [{ key: `${shadowPrefix}shadow_effective_policy_id` }],
    value: { string_match: { prefix: `istio-ext-authz-${name}` } },
  }
}

function extAuthz(authorizer: Authorizer, asking: AskingPlace): Json {
  const { body, failOpen, statusOnError, http } = authorizer
  return typed('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', {
    ...(http ? httpService(authorizer, http, asking) : { grpc_service: grpcService(authorizer, asking) }),
    failure_mode_allow: failOpen,
    status_on_error: { code: statusOnError },
    transport_api_version: 'V3',
    ...optional('with_request_body', body && { max_request_bytes: body.maxBytes, allow_partial_message: body.allowPartial }),
    filter_enabled_metadata: decidedBy('envoy.filters.http.rbac', authorizer),
  })
}

function httpService({ cluster: asked, timeoutMs }: Authorizer, http: HttpAuthorizer, { cluster, asker }: AskingPlace): Json {
  const { pathPrefix, added, told, toUpstream, toClient, ofRefusal } = http
  // By its headers a question is told from the request that it is about.
  const watched: HeaderName[] = asker === null ? [] : [{ kind: 'exact', value: callHeader, ignoreCase: true }]
  const headers = [...added, ...(asker === null ? [] : [[askerHeader, asker] as const])]
  const service = {
    server_uri: { uri: `http://${hostOfCluster(asked)}`, cluster: cluster(asked), timeout: duration(timeoutMs) },
    ...optional('path_prefix', pathPrefix || null),
    authorization_request: optional(
      'headers_to_add',
      headers.map(([key, value]) => ({ key, value })),
    ),
    authorization_response: {
      ...optional('allowed_upstream_headers', matcher(toUpstream)),
      ...optional('allowed_client_headers', ofRefusal && matcher(ofRefusal)),
      ...optional('allowed_client_headers_on_success', matcher(toClient)),
    },
  }
  return { http_service: service, ...optional('allowed_headers', matcher([...told, ...watched])) }
}

function grpcService({ cluster: asked, timeoutMs }: Authorizer, { cluster, asker }: AskingPlace): Json {
  return {
    envoy_grpc: { cluster_name: cluster(asked), authority: hostOfCluster(asked) },
    timeout: duration(timeoutMs),
    ...optional('initial_metadata', asker === null ? null : [{ key: askerHeader, value: asker }]),
  }
}

function matcher(names: readonly HeaderName[]): Json | null {
  return names.length === 0 ? null : { patterns: names.map(stringMatcher) }
}

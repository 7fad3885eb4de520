import { hostOfCluster } from '../../../../mesh-core/ir/cluster.ts'
import type { Authorizer, CustomAccess, HeaderName, HttpAuthorizer } from '../../../../mesh-core/ir/access.ts'
import { httpAccessFilter, rbac } from './access-filter.ts'
import type { ArrivalPlace } from './access-filter.ts'
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
  const shadow = { shadow_rules: rbac(rules, place), shadow_rules_stat_prefix: shadowPrefix }
  return [
    { name: 'envoy.filters.http.rbac', typed_config: typed('envoy.extensions.filters.http.rbac.v3.RBAC', shadow) },
    { name: 'envoy.filters.http.ext_authz', typed_config: extAuthz(authorizer, asking) },
  ]
}

function extAuthz(authorizer: Authorizer, asking: AskingPlace): Json {
  const { body, name, failOpen, statusOnError, http } = authorizer
  return typed('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', {
    ...(http ? httpService(authorizer, http, asking) : { grpc_service: grpcService(authorizer, asking) }),
    failure_mode_allow: failOpen,
    status_on_error: { code: statusOnError },
    transport_api_version: 'V3',
    ...optional('with_request_body', body && { max_request_bytes: body.maxBytes, allow_partial_message: body.allowPartial }),
    filter_enabled_metadata: {
      filter: 'envoy.filters.http.rbac',
      path: [{ key: `${shadowPrefix}shadow_effective_policy_id` }],
      value: { string_match: { prefix: `istio-ext-authz-${name}` } },
    },
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

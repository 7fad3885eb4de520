import { faultName } from '../../../../mesh-core/config/envoy-filter-http-filters.ts'
import type { CorsPolicy, Route } from '../../../../mesh-core/ir/route.ts'
import { httpFault } from './inserted-filter.ts'
import { filtersBeside } from './filters-of-route.ts'
import { given, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { stringMatcher } from './string-match.ts'

/** What a route tells the filters before the router. Source: Envoy `Route.typed_per_filter_config`. */
export function perFilterConfig({ fault, cors, rateLimit, filters }: Route): Json {
  const ofFault = optional(faultName, fault && httpFault(fault))
  return given('typed_per_filter_config', {
    ...optional('envoy.filters.http.cors', cors && corsPolicy(cors)),
    ...ofFault,
    ...filtersBeside({ rateLimit, filters }),
  })
}

function corsPolicy(policy: CorsPolicy): Json {
  return typed('envoy.extensions.filters.http.cors.v3.CorsPolicy', {
    allow_origin_string_match: policy.allowOrigins.map((origin) => (origin.kind === 'present' ? { prefix: '' } : stringMatcher(origin))),
    ...optional('allow_methods', policy.allowMethods),
    ...optional('allow_headers', policy.allowHeaders),
    ...optional('expose_headers', policy.exposeHeaders),
    ...optional('max_age', policy.maxAge),
    ...optional('allow_credentials', policy.allowCredentials),
    filter_enabled: { default_value: { numerator: 100 } },
    forward_not_matching_preflights: policy.forwardNotMatchingPreflights,
  })
}

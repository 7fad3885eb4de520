import type { CorsPolicy, Fault, Route } from '../../../../mesh-core/ir/route.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { limitBeside } from './local-rate-limit.ts'
import { partsPerMillion } from './parts-per-million.ts'
import { stringMatcher } from './string-match.ts'

/** What a route tells the filters before the router. Source: Envoy `Route.typed_per_filter_config`. */
export function perFilterConfig({ fault, cors, rateLimit }: Route): Json {
  const config = {
    ...optional('envoy.filters.http.fault', fault && httpFault(fault)),
    ...optional('envoy.filters.http.cors', cors && corsPolicy(cors)),
    ...limitBeside(rateLimit),
  }
  return Object.keys(config).length === 0 ? {} : { typed_per_filter_config: config }
}

function httpFault({ delay, abort }: Fault): Json {
  return typed('envoy.extensions.filters.http.fault.v3.HTTPFault', {
    ...optional('delay', delay && { fixed_delay: duration(delay.durationMs), percentage: partsPerMillion(delay.ppm) }),
    ...optional(
      'abort',
      abort && {
        ...(abort.status.kind === 'http' ? { http_status: abort.status.status } : { grpc_status: abort.status.status }),
        percentage: partsPerMillion(abort.ppm),
      },
    ),
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

import { noMutation, type RateLimit } from '../../../../mesh-core/ir/route.ts'
import { headerOperations } from './header-mutation.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { partsPerMillion } from './parts-per-million.ts'

/** Source: Envoy `LocalRateLimit`. */
export function localRateLimit(limit: RateLimit): Json {
  const share = (ppm: number): Json => ({ default_value: partsPerMillion(ppm) })
  const { bucket } = limit
  return typed('envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'local_rate_limiter',
    ...(bucket && {
      token_bucket: { max_tokens: bucket.maxTokens, tokens_per_fill: bucket.tokensPerFill, fill_interval: duration(bucket.fillIntervalMs) },
    }),
    filter_enabled: share(limit.enabled),
    filter_enforced: share(limit.enforced),
    status: { code: limit.status },
    ...optional('response_headers_to_add', headerOperations(noMutation, limit.responseHeaders)['response_headers_to_add']),
  })
}

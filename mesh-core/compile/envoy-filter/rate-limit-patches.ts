import { typedConfigOf } from '../../config/envoy-filter-patches.ts'
import { durationMs, int, message } from '../../envoy/fields.ts'
import { readHeaderMutations } from '../../envoy/header-mutations.ts'
import type { HttpSettings, RateLimit } from '../../ir/proxy-config.ts'
import type { PartsPerMillion } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

/** The settings with the rate limits that patches put in. What goes to the front goes before what came there earlier. Source: Istio `core/envoyfilter/listener_patch.go` patchHTTPFilters. */
export function withRateLimits(settings: HttpSettings, patches: readonly EnvoyPatch[]): HttpSettings {
  const own = patches.filter(({ applyTo }) => applyTo === 'HTTP_FILTER').map(rateLimitOf)
  if (own.length === 0) return settings
  const first = own.filter(({ place }) => place === 'first').reverse()
  return { ...settings, rateLimits: [...first, ...own.filter(({ place }) => place === 'last')] }
}

/** Source: Envoy `extensions/filters/http/local_ratelimit`, whose shares are 0 unless they are given. */
function rateLimitOf({ match, value }: EnvoyPatch): RateLimit {
  const config = message(typedConfigOf(value).config, 'typed_config')
  const bucket = message(config['token_bucket'], 'token_bucket')
  const status = int(message(config['status'], 'status')['code'])
  const { response } = readHeaderMutations({ response_headers_to_add: config['response_headers_to_add'] }, 'typed_config')
  return {
    place: match.listener?.filterChain?.filter?.subFilter === undefined ? 'first' : 'last',
    maxTokens: int(bucket['max_tokens']),
    tokensPerFill: bucket['tokens_per_fill'] === undefined ? 1 : int(bucket['tokens_per_fill']),
    fillIntervalMs: durationMs(bucket['fill_interval']) ?? 0,
    enabled: shareOf(config['filter_enabled']),
    enforced: shareOf(config['filter_enforced']),
    // What is no failure is none here.
    status: status < 400 ? 429 : status,
    responseHeaders: response,
  }
}

const denominators: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }

function shareOf(value: unknown): PartsPerMillion {
  const { numerator, denominator = 'HUNDRED' } = message(message(value, 'share')['default_value'], 'default_value')
  return Math.min(1_000_000, (int(numerator) * 1_000_000) / denominators[String(denominator)]!)
}

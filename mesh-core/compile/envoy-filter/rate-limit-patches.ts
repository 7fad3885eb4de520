import { typedConfigOf, unwrapped } from '../../config/envoy-filter-patches.ts'
import { rateLimitName } from '../../config/envoy-filter-route-values.ts'
import { durationMs, int, message, text, type Message } from '../../envoy/fields.ts'
import { readHeaderMutations } from '../../envoy/header-mutations.ts'
import { statusCode } from '../../envoy/status-code.ts'
import type { PartsPerMillion, RateLimit, Refusal, TokenBucket } from '../../ir/route.ts'
import type { EnvoyPatch } from './envoy-filters.ts'

/** Source: Envoy `extensions/filters/http/local_ratelimit`, whose shares are 0 unless they are given. */
export function rateLimitOf({ value }: EnvoyPatch, place: RateLimit['place']): RateLimit {
  const { limit, problem } = readLimit(typedConfigOf(value).config, place)
  return { ...limit, ...(value['name'] === rateLimitName && { byRoute: true }), ...(problem !== null && { isRefused: true as const }) }
}

interface LimitOfRoute {
  readonly rateLimit?: RateLimit
  readonly refusal: Refusal | null
}

/** What a route, a host or a table says in the place of the filter: it needs a bucket there. Source: Envoy `local_ratelimit/local_ratelimit.cc` FilterConfig. */
export function limitOfRoute(fields: Message): LimitOfRoute {
  const own = message(fields['typed_per_filter_config'], 'typed_per_filter_config')[rateLimitName]
  if (own === undefined) return { refusal: null }
  const { config } = unwrapped(message(own, rateLimitName))
  const { limit, problem } = readLimit(config, 'last')
  const reason = limit.bucket === null ? 'a rate limit of a route needs a token_bucket' : problem
  return { rateLimit: limit, refusal: reason === null ? null : { reason, spoils: 'table' } }
}

interface ReadLimit {
  readonly limit: RateLimit
  /** Why Envoy does not take it. */
  readonly problem: string | null
}

const shortestFillMs = 50

function readLimit(value: Message, place: RateLimit['place']): ReadLimit {
  const config = message(value, 'typed_config')
  const status = config['status'] === undefined ? 429 : statusCode(message(config['status'], 'status')['code'])
  const { response } = readHeaderMutations({ response_headers_to_add: config['response_headers_to_add'] }, 'typed_config')
  const limit = {
    place,
    bucket: config['token_bucket'] === undefined ? null : readBucket(message(config['token_bucket'], 'token_bucket')),
    enabled: shareOf(config['filter_enabled']),
    enforced: shareOf(config['filter_enforced']),
    // What is no failure is none here.
    status: status === null || status < 400 ? 429 : status,
    responseHeaders: response,
  }
  return { limit, problem: problemOf(config, limit, status) }
}

function readBucket(bucket: Message): TokenBucket {
  return {
    maxTokens: int(bucket['max_tokens']),
    tokensPerFill: bucket['tokens_per_fill'] === undefined ? 1 : int(bucket['tokens_per_fill']),
    fillIntervalMs: durationMs(bucket['fill_interval']) ?? 0,
  }
}

/** Source: the constraints of `LocalRateLimit` and `TokenBucket`, and Envoy `LocalRateLimiterImpl`. */
function problemOf(config: Message, { bucket }: RateLimit, status: number | null): string | null {
  if (text(config['stat_prefix']) === null) return 'a rate limit needs a stat_prefix'
  if (status === null) return 'a rate limit has a status that there is not'
  if (!bucket) return null
  if (bucket.tokensPerFill < 1) return 'a token_bucket fills with 1 token at least'
  return bucket.fillIntervalMs < shortestFillMs ? 'a token_bucket fills every 50 ms or less often' : null
}

const denominators: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }

export function shareOf(value: unknown): PartsPerMillion {
  const { numerator, denominator = 'HUNDRED' } = message(message(value, 'share')['default_value'], 'default_value')
  return Math.min(1_000_000, (int(numerator) * 1_000_000) / denominators[String(denominator)]!)
}

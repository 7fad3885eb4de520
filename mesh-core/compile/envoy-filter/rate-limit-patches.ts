import { durationMs, int, message, text, type Message } from '../../envoy/fields.ts'
import { readHeaderMutations } from '../../envoy/header-mutations.ts'
import { statusCode } from '../../envoy/status-code.ts'
import type { PartsPerMillion, RateLimit, TokenBucket } from '../../ir/route.ts'

interface LimitOfRoute {
  readonly rateLimit: RateLimit
  readonly problem: string | null
}

/** What a route, a host or a table says in the place of the filter: it needs a bucket there. Source: Envoy `local_ratelimit/local_ratelimit.cc` FilterConfig. */
export function readLimitOfRoute(config: Message): LimitOfRoute {
  const { limit, problem } = readRateLimit(config, 'last')
  return { rateLimit: limit, problem: limit.bucket === null ? 'a rate limit of a route needs a token_bucket' : problem }
}

interface ReadLimit {
  readonly limit: RateLimit
  /** Why Envoy does not take it. */
  readonly problem: string | null
}

const shortestFillMs = 50

/** Its shares are 0 unless they are given. Source: Envoy `extensions/filters/http/local_ratelimit`. */
export function readRateLimit(config: Message, place: RateLimit['place']): ReadLimit {
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
  return partsOf(message(message(value, 'share')['default_value'], 'default_value'))
}

/** Source: Envoy `FractionalPercent`. */
export function partsOf({ numerator, denominator = 'HUNDRED' }: Message): PartsPerMillion {
  return Math.min(1_000_000, (int(numerator) * 1_000_000) / denominators[String(denominator)]!)
}

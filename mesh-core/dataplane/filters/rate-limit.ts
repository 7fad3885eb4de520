import { isDeepStrictEqual } from 'node:util'
import type { InsertedFilter, LimitFilter } from '../../ir/inserted-filter.ts'
import type { HeaderMutation, RateLimit } from '../../ir/route.ts'
import { rateLimitName } from './filter-names.ts'
import type { RouteLimit } from './route-limit.ts'
import type { Random } from '../../time/random.ts'
import { compileMutation, type Mutator } from '../messages/header-mutation.ts'
import { inlineOfResponse } from '../messages/inline-headers.ts'
import type { LocalReply } from '../replies/local-reply.ts'

interface Bucket {
  tokens: number
  sinceMs: number
}

/** The buckets of every filter chain of every proxy. They outlive a change of config that leaves their filter as it is. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()

  /** @param owner names the filter chain @returns whether there was one to take */
  take(owner: string, limit: RateLimit, nowMs: number): boolean {
    if (!limit.bucket) return true
    const { maxTokens, tokensPerFill, fillIntervalMs } = limit.bucket
    const key = `${owner} ${JSON.stringify(limit)}`
    const bucket = this.#buckets.get(key) ?? { tokens: maxTokens, sinceMs: nowMs }
    this.#buckets.set(key, bucket)
    const filled = ((nowMs - bucket.sinceMs) / fillIntervalMs) * tokensPerFill
    bucket.tokens = Math.min(maxTokens, bucket.tokens + filled)
    bucket.sinceMs = nowMs
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}

export const rateLimited = 'local_rate_limited'

export interface Buckets {
  readonly buckets: TokenBuckets
  readonly chance: Random
  readonly nowMs: number
}

/** Does the filter at `index` have no token for a request? @returns what then holds, the filter's own or the route's. Source: Envoy `local_ratelimit/local_ratelimit.cc` decodeHeaders. */
export function missingToken(
  filters: readonly InsertedFilter[],
  index: number,
  owner: string,
  { buckets, chance, nowMs }: Buckets,
  ofRoute: RouteLimit | null,
): RateLimit | null {
  const drawn = (share: number): boolean => share > 0 && (share >= million || chance.below(million) < share)
  const filter = filters[index] as LimitFilter
  const { limit, owner: whose } = filter.name === rateLimitName && ofRoute ? ofRoute : { limit: filter, owner: `${owner}${twin(filters, index)}` }
  return drawn(limit.enabled) && !buckets.take(whose, limit, nowMs) && drawn(limit.enforced) ? limit : null
}

/** Of filters that are alike each has a bucket. */
function twin(filters: readonly InsertedFilter[], index: number): string {
  const before = filters.slice(0, index).filter((one) => isDeepStrictEqual(one, filters[index])).length
  return before === 0 ? '' : ` again ${before}`
}

const million = 1_000_000

export function limitedReply({ status }: RateLimit): LocalReply {
  return { status, body: rateLimited }
}

const edits = new WeakMap<HeaderMutation, { readonly mutator: Mutator | null }>()

/** What the filter does with its answer. */
export function limitedHeaders({ responseHeaders }: RateLimit): Mutator | null {
  let known = edits.get(responseHeaders)
  if (!known) edits.set(responseHeaders, (known = { mutator: compileMutation(responseHeaders, inlineOfResponse) }))
  return known.mutator
}

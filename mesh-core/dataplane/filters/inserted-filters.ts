import type { InsertedFilter, RateLimit } from '../../ir/route.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import { missingToken, type Buckets } from './rate-limit.ts'
import type { RouteLimit } from './route-limit.ts'

/** The body of a request in front of filters that hold it back. */
export interface HeldBody {
  /** Is it larger than one of them takes? */
  outgrows(maxBytes: number): boolean
  /** All of it is there from now on. */
  hold(): void
}

/** Why a request goes no further: there is no token for it, or it is too large. */
export type Stop = RateLimit | 'too-large'

export const tooLarge: LocalReply = { status: 413, body: 'Payload Too Large' }
export const tooLargeDetails = 'request_payload_too_large'

/** What stops a request among the filters of a place; `null`: it goes on. @param owner names the filter chain */
export function stopAmong(
  filters: readonly InsertedFilter[],
  place: InsertedFilter['place'],
  owner: string,
  buckets: Buckets,
  body: HeldBody,
  ofRoute: RouteLimit | null = null,
): Stop | null {
  for (const [i, filter] of filters.entries()) {
    if (filter.place !== place) continue
    if (!('maxBytes' in filter)) {
      const limit = missingToken(filters, i, owner, buckets, ofRoute)
      if (limit) return limit
      continue
    }
    if (body.outgrows(filter.maxBytes)) return 'too-large'
    body.hold()
  }
  return null
}

import type { RateLimit } from '../ir/route.ts'
import type { HttpSettings } from '../ir/proxy-config.ts'
import { denialOf, detailsOf, type Denial } from '../match/access.ts'
import type { HeadersBack } from './authorizer-answer.ts'
import { judge, type Asker, type Verdict } from './custom-access.ts'
import { authenticate } from './jwt/jwt-filter.ts'
import { accessDenied } from './local-reply.ts'
import type { LocalReply } from './local-reply.ts'
import type { InFlight } from './outcome.ts'
import type { Plane } from './plane.ts'
import { limitOf } from './rate-limit.ts'
import type { RouteLimit } from './route-limit.ts'

/** A request in front of the filters of one filter chain. */
export interface Applicant {
  readonly settings: HttpSettings
  /** Names the filter chain: its buckets are its own. */
  readonly chain: () => string
  readonly ofRoute: RouteLimit | null
  readonly asker: () => Asker
  /** Envoy asks no authorizer about what it has no route for; where there is nobody to ask, it refuses that, too. */
  readonly hasRoute: boolean
}

/** What the filters say of a request. Where `isNew`, its token has changed it, so that another route may be the right one now; `waited` as of `Verdict`. */
export type Admission =
  | { readonly kind: 'in'; readonly back: HeadersBack; readonly isNew: boolean; readonly waited: boolean }
  | { readonly kind: 'limited'; readonly limit: RateLimit }
  | {
      readonly kind: 'out'
      readonly reply: LocalReply
      readonly details: string
      readonly flag: string | null
      /** `null`: it is a token that was refused. */
      readonly denial: Denial | null
      readonly back: HeadersBack
      readonly isNew: boolean
      readonly waited: boolean
    }

/**
 * Limits of rate, an authorizer, tokens, and rules of access, which may ask for claims of tokens: in the order that istiod gives them.
 * @returns `null`: it was decided at once. Source: Istio `pilot/pkg/networking/core/listener_builder.go` buildHTTPConnectionManager.
 */
export function admit(plane: Plane, applicant: Applicant, decide: (admission: Admission) => void): InFlight | null {
  const { settings, chain, asker, hasRoute, ofRoute } = applicant
  const limit = limitAt(plane, settings, 'first', chain, ofRoute)
  const { custom } = settings
  if (limit || !custom || (custom.authorizer && !hasRoute)) {
    decide(limit ? { kind: 'limited', limit } : behindAuthorizer(plane, applicant, { back: [], waited: false }))
    return null
  }
  return judge(custom, asker(), (verdict) => {
    decide(verdict.kind === 'out' ? { ...verdict, back: [], isNew: false } : behindAuthorizer(plane, applicant, verdict))
  })
}

/** @returns `null`: the request goes on */
export function limitAt(
  { tokenBuckets, chance, clock }: Plane,
  { rateLimits }: HttpSettings,
  place: RateLimit['place'],
  chain: () => string,
  ofRoute: RouteLimit | null,
): RateLimit | null {
  return rateLimits ? limitOf(rateLimits, place, chain(), { buckets: tokenBuckets, chance: chance.fault, nowMs: clock.now() }, ofRoute) : null
}

type LetIn = Pick<Extract<Verdict, { kind: 'in' }>, 'back' | 'waited'>

function behindAuthorizer(plane: Plane, { settings: { jwt, access }, asker }: Applicant, { back, waited }: LetIn): Admission {
  const { refusal, isNew } = jwt ? authenticate(asker().subject.request, jwt, plane.date()) : { refusal: null, isNew: false }
  if (refusal) return { kind: 'out', ...refusal, flag: null, denial: null, back, isNew, waited }
  const denial = access ? denialOf(access, asker().subject) : null
  if (denial) return { kind: 'out', reply: accessDenied, details: detailsOf(denial), flag: null, denial, back, isNew, waited }
  return { kind: 'in', back, isNew, waited }
}

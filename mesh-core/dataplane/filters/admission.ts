import type { InsertedFilter } from '../../ir/inserted-filter.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'
import { denialOf, detailsOf, type Denial } from '../../match/access.ts'
import type { HeadersBack } from './authorizer-answer.ts'
import { judge, type Asker, type Verdict } from './custom-access.ts'
import { authenticate } from './jwt/jwt-filter.ts'
import { accessDenied } from '../replies/local-reply.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import { visitFilters, type FilteredStream, type Stop } from './inserted-filters.ts'
import { type ToldByRoute } from './told-by-route.ts'
import type { InFlight } from '../outcome.ts'
import type { Plane } from '../plane.ts'

/** A request in front of the filters of one filter chain. What of it costs something is made when it is asked for. */
export interface Applicant {
  readonly settings: HttpSettings
  /** Name of the filter chain: its buckets are its own. */
  readonly chain: string
  readonly ofRoute: ToldByRoute
  readonly stream: FilteredStream
  readonly asker: Asker
  /** Envoy asks no authorizer about what it has no route for; where there is nobody to ask, it refuses that, too. */
  readonly hasRoute: boolean
}

/** What the filters say of a request. Where `isNew`, its token has changed it, so that another route may be the right one now; `waited` as of `Verdict`. */
export type Admission =
  | { readonly kind: 'in'; readonly back: HeadersBack; readonly isNew: boolean; readonly waited: boolean }
  | { readonly kind: 'stopped'; readonly stop: Stop }
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
  if (!applicant.settings.inserted) return ask(plane, applicant, decide)
  let asking: InFlight | null = null
  let isGone = false
  visit(plane, applicant, 'first', (stop) => {
    if (isGone) return
    if (stop) decide({ kind: 'stopped', stop })
    else asking = ask(plane, applicant, decide)
  })
  const abandon = () => {
    isGone = true
    asking?.abandon()
  }
  return { abandon }
}

/** @returns `null`: it was decided at once */
function ask(plane: Plane, applicant: Applicant, decide: (admission: Admission) => void): InFlight | null {
  const { custom } = applicant.settings
  if (!custom || (custom.authorizer && !applicant.hasRoute)) {
    decide(behindAuthorizer(plane, applicant, { back: [], waited: false }))
    return null
  }
  return judge(custom, applicant.asker, (verdict) => {
    decide(verdict.kind === 'out' ? { ...verdict, back: [], isNew: false } : behindAuthorizer(plane, applicant, verdict))
  })
}

/** @param next `null`: the request goes on */
export function visit(plane: Plane, applicant: Applicant, place: InsertedFilter['place'], next: (stop: Stop | null) => void): void {
  const { inserted } = applicant.settings
  if (!inserted) return next(null)
  const { tokenBuckets, chance, clock } = plane
  const buckets = { buckets: tokenBuckets, chance: chance.fault, nowMs: clock.now() }
  const { chain: owner, ofRoute, stream } = applicant
  visitFilters({ filters: inserted, owner, buckets, ofRoute, stream, plane, asker: () => applicant.asker }, place, next)
}

type LetIn = Pick<Extract<Verdict, { kind: 'in' }>, 'back' | 'waited'>

function behindAuthorizer(plane: Plane, applicant: Applicant, { back, waited }: LetIn): Admission {
  const { jwt, access } = applicant.settings
  const { refusal, isNew } = jwt ? authenticate(applicant.asker.subject.request, jwt, plane.date()) : { refusal: null, isNew: false }
  if (refusal) return { kind: 'out', ...refusal, flag: null, denial: null, back, isNew, waited }
  const denial = access ? denialOf(access, applicant.asker.subject) : null
  if (denial) return { kind: 'out', reply: accessDenied, details: detailsOf(denial), flag: null, denial, back, isNew, waited }
  return { kind: 'in', back, isNew, waited }
}

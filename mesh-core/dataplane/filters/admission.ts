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
    else asking = ask(plane, applicant, (admission) => !isGone && decide(admission))
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
    passIdentity(plane, applicant, { back: [], waited: false }, decide)
    return null
  }
  return judge(custom, applicant.asker, (verdict) => {
    if (verdict.kind === 'out') decide({ ...verdict, back: [], isNew: false })
    else passIdentity(plane, applicant, verdict, decide)
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

type Out = Extract<Admission, { kind: 'out' }>
/** What an authorizer that lets a request in says of it. */
type LetIn = Pick<Extract<Verdict, { kind: 'in' }>, 'back' | 'waited'>

/** Tokens and rules of access, with the scripts of TrafficExtensions before, between and behind them. */
function passIdentity(plane: Plane, applicant: Applicant, letIn: LetIn, decide: (admission: Admission) => void): void {
  const { back, waited } = letIn
  if (!applicant.settings.inserted) {
    const { out, isNew } = passTokens(plane, applicant, letIn)
    return decide(out ?? passRules(applicant, letIn, isNew) ?? { kind: 'in', back, isNew, waited })
  }
  const visitThen = (place: InsertedFilter['place'], next: () => void): void =>
    visit(plane, applicant, place, (stop) => (stop ? decide({ kind: 'stopped', stop }) : next()))
  visitThen('authn', () => {
    const { out, isNew } = passTokens(plane, applicant, letIn)
    if (out) return decide(out)
    visitThen('authz', () => {
      const denied = passRules(applicant, letIn, isNew)
      if (denied) return decide(denied)
      visitThen('stats', () => visitThen('unspecified', () => decide({ kind: 'in', back, isNew, waited })))
    })
  })
}

const noToken = { out: null, isNew: false } as const

/** @returns `isNew`: its token has changed the request */
function passTokens(plane: Plane, applicant: Applicant, { back, waited }: LetIn): { readonly out: Out | null; readonly isNew: boolean } {
  const { jwt } = applicant.settings
  if (!jwt) return noToken
  const { refusal, isNew } = authenticate(applicant.asker.subject.request, jwt, plane.date())
  return { out: refusal && { kind: 'out', ...refusal, flag: null, denial: null, back, isNew, waited }, isNew }
}

function passRules(applicant: Applicant, { back, waited }: LetIn, isNew: boolean): Out | null {
  const { access } = applicant.settings
  const denial = access ? denialOf(access, applicant.asker.subject) : null
  return denial && { kind: 'out', reply: accessDenied, details: detailsOf(denial), flag: null, denial, back, isNew, waited }
}

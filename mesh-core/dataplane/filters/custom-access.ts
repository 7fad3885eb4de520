import type { Authorizer, CustomAccess } from '../../ir/access.ts'
import type { HttpRequest } from '../../ir/message.ts'
import { denialOf, detailsOf, type Denial } from '../../match/access.ts'
import { setHeaders } from './authorizer-answer.ts'
import type { AuthorizerAnswer, HeadersBack, QuestionSubject } from './authorizer-answer.ts'
import type { Subject } from '../replies/format/subject.ts'
import { askCluster, type Caller } from './ask-cluster.ts'
import { grpcAnswer, grpcQuestion } from './grpc-authorizer.ts'
import { httpAnswer, httpQuestion } from './http-authorizer.ts'
import { outgrows } from './body-limit.ts'
import { tooLarge } from './inserted-filters.ts'
import { accessDenied } from '../replies/local-reply.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import type { InFlight, Outcome } from '../outcome.ts'

/** Which proxy asks, and about what. */
export interface Asker extends Caller {
  readonly subject: QuestionSubject
  /** What headers are filled in with that it adds to its question. */
  readonly filling: () => Subject
}

/** `waited`: the authorizer was waited for, and what the client has sent has come meanwhile. */
export type Verdict = { readonly waited: boolean } & (
  | { readonly kind: 'in'; readonly back: HeadersBack }
  | { readonly kind: 'out'; readonly denial: Denial; readonly reply: LocalReply; readonly details: string; readonly flag: string | null }
)

/** @returns `null`: the verdict was told at once. Source: Envoy `ext_authz/ext_authz.cc` Filter, behind RBAC in shadow mode. */
export function judge({ rules, authorizer }: CustomAccess, asker: Asker, done: (verdict: Verdict) => void): InFlight | null {
  const { request } = asker.subject
  const denial = denialOf([rules], asker.subject)
  const refuse = (reply: LocalReply, details: string, flag: string | null, waited = false): null => {
    done({ kind: 'out', denial: denial!, reply, details, flag, waited })
    return null
  }
  if (denial && !authorizer) return refuse(accessDenied, detailsOf(denial), null)
  if (denial && isTooLarge(request, authorizer!)) return refuse(tooLarge.reply, tooLarge.details, null)
  if (!denial || !authorizer) {
    done({ kind: 'in', back: [], waited: false })
    return null
  }
  return askCluster(
    authorizer,
    asker,
    () => questionOf(authorizer, asker),
    (outcome, waited) => {
      const answer = answerOf(outcome, authorizer)
      if (answer.kind === 'error' && authorizer.failOpen) return done({ kind: 'in', back: [], waited })
      if (answer.kind === 'error') return refuse(replyOnError(answer.reply, authorizer), 'ext_authz_error', 'UAEX', waited)
      if (answer.kind === 'out') return refuse(answer.reply, 'ext_authz_denied', 'UAEX', waited)
      setHeaders(request.headers, answer.headers)
      for (const name of answer.headersToRemove) request.headers.remove(name.toLowerCase())
      done({ kind: 'in', back: answer.back, waited })
    },
  )
}

function answerOf(outcome: Outcome, { http }: Authorizer): AuthorizerAnswer {
  if (typeof outcome === 'string') return { kind: 'error', reply: null }
  return http ? httpAnswer(outcome, http) : grpcAnswer(outcome)
}

function replyOnError(reply: LocalReply | null, { statusOnError }: Authorizer): LocalReply {
  return { body: '', ...reply, status: reply?.status || statusOnError }
}

function isTooLarge(request: HttpRequest, { body }: Authorizer): boolean {
  return body !== null && !body.allowPartial && outgrows(request, body.maxBytes)
}

function questionOf(authorizer: Authorizer, { subject, address, filling }: Asker): HttpRequest {
  return authorizer.http ? httpQuestion(authorizer, authorizer.http, subject, filling) : grpcQuestion(authorizer, subject, address)
}

/** For a person: `403: the authorizer ext has refused it`; `null`: that is not why. */
export function outcomeOf(status: number, details: string, { authorizer, rules }: CustomAccess): string | null {
  if (!authorizer) return details.includes('-deny-due-to-bad-CUSTOM-action') ? `${status}: ${whyNobodyIsAsked(rules)}` : null
  switch (details) {
    case 'ext_authz_denied':
      return `${status}: the authorizer ${authorizer.name} has refused it`
    case 'ext_authz_error':
      return `${status}: the authorizer ${authorizer.name} could not be asked`
    case tooLarge.details:
      return `${status}: its body is larger than what the authorizer ${authorizer.name} takes`
    default:
      return null
  }
}

function whyNobodyIsAsked({ policies }: CustomAccess['rules']): string {
  const providers = [...new Set(policies.map(({ provider }) => provider))]
  return providers.length > 1
    ? `several authorizers are to decide (${providers.join(', ')}), and only one may`
    : `the mesh config has no authorizer "${providers[0]}" whose service there is`
}

import type { Authorizer, AuthorizedBytes } from '../../ir/access.ts'
import { denialOf } from '../../match/access.ts'
import type { AccessSubject, Denial } from '../../match/access.ts'
import { askCluster, type Caller } from '../filters/ask-cluster.ts'
import { grpcAnswer, questionAboutBytes } from '../filters/grpc-authorizer.ts'
import type { InFlight, Outcome } from '../outcome.ts'

/** Of a connection that an authorizer keeps out. Its log has the flag `UAEX`. */
export interface BytesRefusal {
  readonly denial: Denial
  /** For a person. */
  readonly outcome: string
}

/**
 * Whether a connection may go on is asked when its first bytes come, which is not before the proxy has dialled.
 * @param decide `null`: it may
 * @returns `null`: that was told at once. Source: Envoy `filters/network/ext_authz/ext_authz.cc` onData, onComplete.
 */
export function judgeBytes(
  asked: AuthorizedBytes | undefined,
  caller: Caller,
  subject: AccessSubject,
  decide: (refusal: BytesRefusal | null) => void,
): InFlight | null {
  const denial = asked ? denialOf([asked.rules], subject) : null
  if (!asked || !denial) {
    decide(null)
    return null
  }
  const { authorizer } = asked
  const question = () => questionAboutBytes(authorizer, subject, caller.address)
  return askCluster(authorizer, caller, question, (outcome) => {
    const whyNot = whyNotIn(outcome, authorizer)
    decide(whyNot === null ? null : { denial, outcome: whyNot })
  })
}

function whyNotIn(outcome: Outcome, { name, failOpen }: Authorizer): string | null {
  const { kind } = typeof outcome === 'string' ? { kind: 'error' as const } : grpcAnswer(outcome)
  if (kind === 'in' || (kind === 'error' && failOpen)) return null
  return kind === 'error' ? `closed: the authorizer ${name} could not be asked` : `closed: the authorizer ${name} has refused it`
}

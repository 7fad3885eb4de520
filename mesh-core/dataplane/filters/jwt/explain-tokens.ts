import type { Decision, RuleTried } from '../../../ir/exchange.ts'
import type { JwtRule } from '../../../ir/jwt.ts'
import type { HttpRequest } from '../../../ir/message.ts'
import { formatPath } from '../../../ir/origin.ts'
import { checked, unknownIssuer } from './jwt-filter.ts'
import { tokensIn } from './places.ts'
import { parseToken, TokenFault } from './token.ts'

/** What each rule says of the tokens of a request that was refused, for a person. */
export function explainTokens(request: HttpRequest, rules: readonly JwtRule[], nowMs: number): Pick<Decision, 'rules' | 'chosen'> {
  return { rules: rules.map((rule) => ruleTried(request, rule, nowMs)), chosen: -1 }
}

/** `401: the token is refused: Jwt is expired`; `null` for what no token is the reason of. @param details of Envoy's log */
export function outcomeOfTokens(status: number, details: string): string | null {
  const fault = /^jwt_authn_access_denied\{(.*)\}$/.exec(details)?.[1]
  return fault === undefined ? null : `${status}: the request's token is refused: ${fault.replaceAll('_', ' ')}`
}

function ruleTried(request: HttpRequest, rule: JwtRule, nowMs: number): RuleTried {
  const { resource, path } = rule.origin
  return { rule: `${resource} ${formatPath(path.slice(1))}`, origin: rule.origin, matched: false, reason: reasonOf(request, rule, nowMs) }
}

function reasonOf(request: HttpRequest, rule: JwtRule, nowMs: number): string {
  const found = tokensIn(request, rule)
  const faults = found.map(({ text }) => faultOf(text, rule, nowMs))
  return faults.find((fault) => fault !== null) ?? (found.length > 0 ? 'takes the token' : 'finds no token')
}

function faultOf(text: string, rule: JwtRule, nowMs: number): string | null {
  try {
    checked(text, rule, nowMs / 1000)
    return null
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error
    return error.message === unknownIssuer
      ? `the token's issuer is ${JSON.stringify(parseToken(text).issuer)}, wanted ${JSON.stringify(rule.issuer)}`
      : error.message
  }
}

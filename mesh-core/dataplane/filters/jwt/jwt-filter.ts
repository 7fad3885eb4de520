import type { JwtRule } from '../../../ir/jwt.ts'
import type { Claims, HttpRequest } from '../../../ir/message.ts'
import { claimAt } from '../../../match/claim.ts'
import type { LocalReply } from '../../replies/local-reply.ts'
import { appendHeader, removeHeader } from './claim-headers.ts'
import { type Found, tokensIn } from './places.ts'
import { checkSignature } from './signature.ts'
import { parseToken, type Token, TokenFault } from './token.ts'

/** `null`: the request goes on. */
export type JwtRefusal = { readonly reply: LocalReply; readonly details: string } | null

/** What the filter leaves of a request: it takes tokens out of it, and writes claims into it. */
export interface Authenticated {
  readonly refusal: JwtRefusal
  /** A token was taken, though the request may be refused for another: another route may be the right one now. */
  readonly isNew: boolean
}

const untouched: Authenticated = { refusal: null, isNew: false }

/**
 * A token of one rule is enough, none is allowed, and a bad one is refused. Source: Envoy `JwtAuthn::Filter` with the requirements that istiod writes
 * (`security/authn/policy_applier.go` convertToEnvoyJwtConfig): any of the rules, or all of them where each may find no token.
 * @param nowMs since 1970
 */
export function authenticate(request: HttpRequest, rules: readonly JwtRule[], nowMs: number): Authenticated {
  for (const header of rules.flatMap(headersOf)) removeHeader(request, header)
  if (isPreflight(request)) return untouched
  const realm = realmOf(request)
  const faults: string[] = []
  for (const rule of rules) {
    const verdict = judge(request, rule, nowMs)
    if (verdict === 'taken') return { refusal: null, isNew: true }
    if (verdict !== 'missing') faults.push(verdict)
  }
  if (faults.length === 0) return untouched
  const last = rules.length === 1 ? faults[0]! : faultOfAll(request, rules, nowMs)
  const refusal = last === null ? null : refusalOf(toldOf([...faults, last]), realm)
  return { refusal, isNew: request.claims !== undefined }
}

/**
 * Each rule once more, with what they have left of the tokens: a rule takes those that are its own before it refuses another's, so that all of them may be
 * content now. Source: Envoy `AllVerifierImpl`.
 */
function faultOfAll(request: HttpRequest, rules: readonly JwtRule[], nowMs: number): string | null {
  for (const rule of rules) {
    const verdict = judge(request, rule, nowMs)
    if (verdict !== 'taken' && verdict !== 'missing') return verdict
  }
  return null
}

/** The last is told, and a token of another issuer only where that is all. Source: Envoy `AnyVerifierImpl`. */
function toldOf(faults: readonly string[]): string {
  return faults.findLast((fault) => fault !== unknownIssuer) ?? unknownIssuer
}

/** Nobody else may write them. */
function headersOf({ payloadHeader, claimHeaders }: JwtRule): string[] {
  return [...(payloadHeader === null ? [] : [payloadHeader]), ...claimHeaders.map(({ header }) => header)]
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && Boolean(headers.get('origin')) && Boolean(headers.get('access-control-request-method'))
}

export const unknownIssuer = 'Jwt issuer is not configured'
const wrongAudience = 'Audiences in Jwt are not allowed'

/**
 * All that the request carries in the places of the rule must be good; what another rule wrote into its headers goes.
 * Source: Envoy `ProviderVerifierImpl::verify`, `AuthenticatorImpl::verify`.
 * @returns what is wrong, in Envoy's words
 */
function judge(request: HttpRequest, rule: JwtRule, nowMs: number): 'taken' | 'missing' | (string & {}) {
  for (const header of headersOf(rule)) removeHeader(request, header)
  const found = tokensIn(request, rule)
  if (found.length === 0) return 'missing'
  try {
    for (const one of found) take(request, rule, one, checked(one.text, rule, nowMs / 1000))
  } catch (error) {
    if (error instanceof TokenFault) return error.message
    throw error
  }
  return 'taken'
}

/** Envoy's default, in seconds. */
const clockSkew = 60

/** Source: Envoy `AuthenticatorImpl::startVerify`. @throws TokenFault */
export function checked(text: string, { issuer, audiences, jwks }: JwtRule, now: number): Token {
  const token = parseToken(text)
  if (issuer !== '' && issuer !== token.issuer) throw new TokenFault(unknownIssuer)
  if (now + clockSkew < token.notBefore) throw new TokenFault('Jwt not yet valid')
  if (token.expires !== 0 && now > token.expires + clockSkew) throw new TokenFault('Jwt is expired')
  const wanted = audiences.map(bare)
  if (wanted.length > 0 && !token.audiences.some((one) => wanted.includes(bare(one)))) throw new TokenFault(wrongAudience)
  checkSignature(token, jwks)
  return token
}

/** Neither scheme nor a slash at the end counts. Source: jwt_verify_lib `sanitizeAudience`. */
function bare(audience: string): string {
  return audience.replace(/^https?:\/\//, '').replace(/\/$/, '')
}

/** Source: the same file, handleGoodJwt. */
function take(request: HttpRequest, rule: JwtRule, found: Found, { payload, encodedPayload }: Token): void {
  if (rule.payloadHeader !== null) request.headers.append(rule.payloadHeader, encodedPayload)
  for (const { header, claim } of rule.claimHeaders) {
    const text = claimText(claimAt(payload, claim))
    // Who receives it takes away what surrounds it (RFC 9110, 5.5).
    if (text !== '') appendHeader(request, header, text.replace(/^[ \t]+|[ \t]+$/g, ''))
  }
  if (!rule.forward) found.remove(request)
  request.claims = normalized(payload, rule.spaceDelimited)
}

/** Whole numbers as such, others with six digits, lists and objects as Base64 of their JSON. */
function claimText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? BigInt(value).toString() : value.toFixed(6)
  return typeof value === 'object' && value !== null ? Buffer.from(JSON.stringify(value)).toString('base64') : ''
}

/** Source: Envoy `JwtProvider.NormalizePayload`. */
function normalized(payload: Claims, spaceDelimited: readonly string[]): Claims {
  const lists = spaceDelimited.flatMap((claim) =>
    typeof payload[claim] === 'string' ? [[claim, payload[claim].split(' ').filter((word) => word !== '')]] : [],
  )
  return { ...payload, ...(Object.fromEntries(lists) as Claims) }
}

/** Characters of a path that the answer repeats. Source: Envoy `Http::Utility::buildOriginalUri`. */
const longestPath = 256

function realmOf({ scheme, authority, path, headers }: HttpRequest): string {
  return `${headers.get('x-forwarded-proto') ?? scheme}://${authority}${path.slice(0, longestPath)}`
}

function refusalOf(fault: string, realm: string): JwtRefusal {
  const header = `Bearer realm="${realm}", error="invalid_token"`
  const reply = { status: fault === wrongAudience ? 403 : 401, body: fault, headers: ['www-authenticate', header] }
  return { reply, details: `jwt_authn_access_denied{${fault.replaceAll(' ', '_')}}` }
}

import type { Claims } from '../../../ir/message.ts'
import { parseLooseJson } from './loose-json.ts'

/** A JSON Web Token whose form is right. */
export interface Token {
  readonly algorithm: string
  /** `kid`; empty for none. */
  readonly keyId: string
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Seconds since 1970; 0 for none. */
  readonly notBefore: number
  readonly expires: number
  readonly payload: Claims
  /** As the token has it. */
  readonly encodedPayload: string
  readonly signed: string
  readonly signature: Uint8Array
}

/** What is wrong with a token, in Envoy's words. */
export class TokenFault extends Error {
  override readonly name = 'TokenFault'
}

const algorithms: ReadonlySet<string> = new Set([
  'EdDSA',
  ...['ES', 'HS', 'RS', 'PS'].flatMap((kind) => [256, 384, 512].map((bits) => `${kind}${bits}`)),
])

/** @throws TokenFault. Source: jwt_verify_lib `Jwt::parseFromString`, in its order. */
export function parseToken(text: string): Token {
  // Dots beside each other, or at an end, count as one, or none.
  const parts = text.split('.').filter((part) => part !== '')
  const [head = '', body = '', tail = ''] = parts
  if (parts.length !== 3) throw new TokenFault('Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections')
  const header = objectIn(head, 'header')
  const { alg, kid = '' } = header
  if (typeof alg !== 'string') throw new TokenFault('Jwt header [alg] field is required and must be a string')
  if (!algorithms.has(alg)) throw new TokenFault('Jwt header [alg] is not supported')
  if (typeof kid !== 'string') throw new TokenFault('Jwt header [kid] field is not a string')
  const payload = objectIn(body, 'payload')
  const issuer = textOf(payload, 'iss')
  textOf(payload, 'sub')
  secondsOf(payload, 'iat')
  const notBefore = secondsOf(payload, 'nbf')
  const expires = secondsOf(payload, 'exp')
  textOf(payload, 'jti')
  const audiences = audiencesOf(payload)
  const signature = decoded(tail)
  if (!signature) throw new TokenFault('Jwt signature is an invalid Base64url encoded')
  return { algorithm: alg, keyId: kid, issuer, audiences, notBefore, expires, payload, encodedPayload: body, signed: `${head}.${body}`, signature }
}

function objectIn(text: string, part: 'header' | 'payload'): Claims {
  const bytes = decoded(text)
  if (!bytes) throw new TokenFault(`Jwt ${part} is an invalid Base64url encoded`)
  try {
    const value: unknown = parseLooseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims
  } catch {
    // Told below, as any other text that is no object.
  }
  throw new TokenFault(`Jwt ${part} is an invalid JSON`)
}

/** Blanks do not count, and what stands for a missing byte is either there as it should be or not at all. Source: Abseil `WebSafeBase64Unescape`. */
function decoded(text: string): Uint8Array | null {
  const [, digits, padding] = /^([\w-]*)(=*)$/.exec(text.replace(/[\t-\r ]/g, '')) ?? []
  if (digits === undefined || digits.length % 4 === 1) return null
  if (padding !== '' && (digits.length + padding!.length) % 4 !== 0) return null
  return padding!.length > 2 ? null : Buffer.from(digits, 'base64url')
}

function textOf(payload: Claims, claim: string): string {
  const { [claim]: value = '' } = payload
  if (typeof value !== 'string') throw new TokenFault(`Jwt payload [${claim}] field is not a string`)
  return value
}

function secondsOf(payload: Claims, claim: string): number {
  const { [claim]: value = 0 } = payload
  if (typeof value !== 'number') throw new TokenFault(`Jwt payload [${claim}] field is not an integer`)
  if (value < 0 || value >= 2 ** 64) throw new TokenFault(`Jwt payload [${claim}] field is not a positive 64 bit integer`)
  return Math.trunc(value)
}

function audiencesOf({ aud = [] }: Claims): readonly string[] {
  const list: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (list.some((one) => typeof one !== 'string')) throw new TokenFault('Jwt payload [aud] field is not a string or string list')
  return list as string[]
}

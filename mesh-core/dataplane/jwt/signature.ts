import { constants, createHmac, createPublicKey, type JsonWebKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { type Token, TokenFault } from './token.ts'

/** One of a JWKS that can be used. */
interface Key {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  /** Of elliptic curves. */
  readonly crv: string
  readonly key: KeyObject | Buffer
}

const known = new Map<string, readonly Key[]>()

/** @throws TokenFault where no key of the set has made the signature. Source: jwt_verify_lib `verifyJwtWithoutTimeChecking`. */
export function checkSignature(token: Token, jwks: string): void {
  const keys = keysOf(jwks)
  if (keys.length === 0) throw new TokenFault("Jwks doesn't have any valid public key")
  const fitting = keys.filter(({ kid, alg }) => (token.keyId === '' || kid === '' || kid === token.keyId) && (alg === '' || alg === token.algorithm))
  if (fitting.length === 0) throw new TokenFault("Jwks doesn't have key to match kid or alg from Jwt")
  if (!fitting.some((key) => isSignedBy(token, key))) throw new TokenFault('Jwt verification fails')
}

function keysOf(jwks: string): readonly Key[] {
  let keys = known.get(jwks)
  if (keys === undefined) {
    keys = readKeys(jwks)
    known.set(jwks, keys)
  }
  return keys
}

/** Keys of another form are passed over. */
function readKeys(jwks: string): readonly Key[] {
  try {
    const set = JSON.parse(jwks) as { readonly keys?: readonly JsonWebKey[] }
    return (set.keys ?? []).flatMap((jwk) => readKey(jwk as JsonWebKey & Partial<Record<'kid' | 'alg', string>>) ?? [])
  } catch {
    return []
  }
}

function readKey({ kid = '', alg = '', ...jwk }: JsonWebKey & { readonly kid?: string; readonly alg?: string }): Key | null {
  const { kty = '', crv = '' } = jwk
  try {
    return { kty, kid, alg, crv, key: kty === 'oct' ? Buffer.from(jwk.k ?? '', 'base64url') : createPublicKey({ key: jwk, format: 'jwk' }) }
  } catch {
    return null
  }
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function isSignedBy({ algorithm, signed, signature }: Token, { kty, crv, key }: Key): boolean {
  const [kind, hash] = [algorithm.slice(0, 2), `sha${algorithm.slice(2)}`]
  const data = Buffer.from(signed)
  if (Buffer.isBuffer(key)) {
    const own = kind === 'HS' ? createHmac(hash, key).update(data).digest() : null
    return own !== null && own.length === signature.length && timingSafeEqual(own, signature)
  }
  if (kty === 'RSA' && kind === 'RS') return verify(hash, data, key, signature)
  if (kty === 'RSA' && kind === 'PS') return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, signature)
  if (kty === 'EC' && crv === curves[algorithm]) return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  return kty === 'OKP' && algorithm === 'EdDSA' && verify(null, data, key, signature)
}

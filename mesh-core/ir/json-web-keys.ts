import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** One of a JWKS that can be used. */
export interface WebKey {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  /** Of elliptic curves. */
  readonly crv: string
  readonly key: KeyObject | Buffer
}

type Written = JsonWebKey & { readonly kid?: unknown; readonly alg?: unknown }

const known = new Map<string, readonly WebKey[]>()

/**
 * The keys of a JWKS (`{"keys": […]}`) that Envoy can use; others are passed over. Envoy refuses a set that has none.
 * Source: Envoy `source/common/jwt/jwks.cc` createFromJwksCore.
 */
export function webKeys(jwks: string): readonly WebKey[] {
  let keys = known.get(jwks)
  if (keys === undefined) {
    keys = readKeys(jwks)
    known.set(jwks, keys)
  }
  return keys
}

function readKeys(jwks: string): readonly WebKey[] {
  try {
    const { keys } = JSON.parse(jwks) as { readonly keys?: unknown }
    return Array.isArray(keys) ? keys.flatMap((one) => readKey(one as Written) ?? []) : []
  } catch {
    return []
  }
}

function readKey({ kid = '', alg = '', ...jwk }: Written): WebKey | null {
  const { kty = '' } = jwk
  const named = { kty, kid: textOf(kid), alg: textOf(alg), crv: jwk.crv ?? '' }
  try {
    if (!algorithms[kty]?.(named.alg, named.crv)) return null
    if (kty === 'oct') return secretKey(jwk, named)
    if (kty === 'RSA' && !exponents.has(Buffer.from(jwk.e ?? '', 'base64url').toString('hex'))) return null
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return (key.asymmetricKeyDetails?.modulusLength ?? leastBits) < leastBits ? null : { ...named, key }
  } catch {
    return null
  }
}

function secretKey({ k = '' }: Written, named: Omit<WebKey, 'key'>): WebKey | null {
  const key = Buffer.from(k, 'base64url')
  return key.length === 0 ? null : { ...named, key }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** 3 and 65537, in hexadecimal digits. */
const exponents: ReadonlySet<string> = new Set(['03', '010001'])

/** Of a modulus. Source: BoringSSL `rsa_check_public_key`. */
const leastBits = 512

const ofCurves: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

/** By the type of a key: may it be for that algorithm (`''`: whichever fits it), on that curve? Source: the same file, extractJwk. */
const algorithms: Readonly<Record<string, (alg: string, crv: string) => boolean>> = {
  RSA: (alg) => alg === '' || alg.startsWith('RS') || alg.startsWith('PS'),
  EC: (alg, crv) => crv in ofCurves && (alg === '' || alg === ofCurves[crv]),
  oct: (alg) => ['', 'HS256', 'HS384', 'HS512'].includes(alg),
  OKP: (alg, crv) => crv === 'Ed25519' && (alg === '' || alg === 'EdDSA'),
}

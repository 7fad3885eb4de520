import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { type WebKey, webKeys } from '../../../ir/json-web-keys.ts'
import { type Token, TokenFault } from './token.ts'

/** @throws TokenFault where no key of the set has made the signature. Source: jwt_verify_lib `verifyJwtWithoutTimeChecking`. */
export function checkSignature(token: Token, jwks: string): void {
  const keys = webKeys(jwks)
  if (keys.length === 0) throw new TokenFault("Jwks doesn't have any valid public key")
  const fitting = keys.filter(({ kid, alg }) => (token.keyId === '' || kid === '' || kid === token.keyId) && (alg === '' || alg === token.algorithm))
  if (fitting.length === 0) throw new TokenFault("Jwks doesn't have key to match kid or alg from Jwt")
  if (!fitting.some((key) => isSignedBy(token, key))) throw new TokenFault('Jwt verification fails')
}

/** Bytes of a signature by a key of Ed25519. */
const ed25519Size = 64

/** Bytes of a coordinate. */
const sizes: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/** The key decides how it is looked at, and the algorithm of the token how its text is hashed: one for keys of another kind stands for SHA-256. */
function isSignedBy({ algorithm, signed, signature }: Token, { kty, crv, key }: WebKey): boolean {
  const hash = hashOf(algorithm, hashedBy[kty] ?? [])
  const data = Buffer.from(signed)
  if (Buffer.isBuffer(key)) {
    const own = createHmac(hash, key).update(data).digest()
    return own.length === signature.length && timingSafeEqual(own, signature)
  }
  if (kty === 'RSA' && algorithm.startsWith('RS')) return verify(hash, data, key, signature)
  if (kty === 'RSA' && algorithm.startsWith('PS')) return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, signature)
  if (kty === 'EC') {
    const numbers = halvesOf(signature, sizes[crv]!)
    return numbers !== null && verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, numbers)
  }
  return kty === 'OKP' && isSignedByEd25519(data, key, signature)
}

/** A signature of another length ends the search, whatever keys come behind. Source: jwt_verify_lib `verifySignatureEd25519`. @throws TokenFault */
function isSignedByEd25519(data: Buffer, key: KeyObject, signature: Uint8Array): boolean {
  if (signature.length !== ed25519Size) throw new TokenFault('Jwt ED25519 signature is wrong length')
  return verify(null, data, key, signature)
}

const hashedBy: Readonly<Record<string, readonly string[]>> = { EC: ['ES'], RSA: ['RS', 'PS'], oct: ['HS'] }

function hashOf(algorithm: string, kinds: readonly string[]): string {
  return kinds.includes(algorithm.slice(0, 2)) ? `sha${algorithm.slice(2)}` : 'sha256'
}

/**
 * The two numbers of a signature by an elliptic curve, each in so many bytes. However long it is, a half of it is taken for each, and of an odd number of bytes
 * the last is not looked at. Source: jwt_verify_lib `verifySignatureEC`. @returns `null` where one is too large
 */
function halvesOf(signature: Uint8Array, size: number): Uint8Array | null {
  const half = Math.floor(signature.length / 2)
  const numbers = new Uint8Array(2 * size)
  for (const place of [0, 1]) {
    const given = signature.subarray(place * half, (place + 1) * half)
    const first = given.findIndex((byte) => byte !== 0)
    const number = first === -1 ? given.subarray(half) : given.subarray(first)
    if (number.length > size) return null
    numbers.set(number, (place + 1) * size - number.length)
  }
  return numbers
}

import { createHmac, timingSafeEqual } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'

/** What the cookie of a signed-in user says. */
export interface Session {
  /** `null` when the login form had no user name; the empty name is a user. */
  readonly user: string | null
  /** Seconds, by the clock that signed it. */
  readonly signedAt: number
}

/** All replicas share it, so that a session holds at each of them; a constant, so that a test may sign one. */
const secretKey = 'meshspec bookinfo sample'
const maxAgeSeconds = 31 * 24 * 3600
const maxPayloadBytes = 64 * 1024

// Flask signs its sessions so: itsdangerous' URLSafeTimedSerializer with the salt `cookie-session` and key derivation `hmac`.
const signingKey = createHmac('sha1', secretKey).update('cookie-session').digest()

/** @returns the value of the `session` cookie: `<payload>.<timestamp>.<signature>` */
export function signSession(session: Session): string {
  const signed = `${encodePayload(JSON.stringify({ user: session.user }))}.${encodeTimestamp(session.signedAt)}`
  return `${signed}.${signatureOf(signed).toString('base64url')}`
}

/** @returns null for a cookie that was not signed with our key, or says nothing */
export function readSession(cookie: string): Session | null {
  const signatureAt = cookie.lastIndexOf('.')
  const timestampAt = cookie.lastIndexOf('.', signatureAt - 1)
  if (signatureAt < 0 || timestampAt < 0 || !isSignedBy(cookie.slice(0, signatureAt), cookie.slice(signatureAt + 1))) return null
  const signedAt = decodeTimestamp(cookie.slice(timestampAt + 1, signatureAt))
  const payload = decodePayload(cookie.slice(0, timestampAt))
  return payload === null ? null : { user: userOf(payload), signedAt }
}

/** Flask takes no cookie that was signed longer ago than a permanent session lasts. */
export function isCurrent(session: Session, nowMs: number): boolean {
  return nowMs / 1000 - session.signedAt <= maxAgeSeconds
}

function signatureOf(signed: string): Buffer {
  return createHmac('sha1', signingKey).update(signed).digest()
}

function isSignedBy(signed: string, signature: string): boolean {
  const wanted = signatureOf(signed)
  const given = Buffer.from(signature, 'base64url')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Base64url of the JSON in ASCII; with a leading dot, of its zlib form, where that is shorter by more than the dot. */
function encodePayload(json: string): string {
  const plain = Buffer.from(json.replace(/[^\x20-\x7e]/g, escapeUnit))
  const packed = deflateSync(plain)
  return packed.length < plain.length - 1 ? `.${packed.toString('base64url')}` : plain.toString('base64url')
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function decodePayload(payload: string): string | null {
  if (!payload.startsWith('.')) return Buffer.from(payload, 'base64url').toString()
  try {
    return inflateSync(Buffer.from(payload.slice(1), 'base64url'), { maxOutputLength: maxPayloadBytes }).toString()
  } catch {
    return null
  }
}

function userOf(payload: string): string | null {
  try {
    const { user } = JSON.parse(payload) as { user?: unknown }
    return typeof user === 'string' ? user : null
  } catch {
    return null
  }
}

/** Big-endian bytes without leading zeros. */
function encodeTimestamp(seconds: number): string {
  const hex = Math.max(0, Math.floor(seconds)).toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}

function decodeTimestamp(text: string): number {
  return Number.parseInt(Buffer.from(text, 'base64url').toString('hex') || '0', 16)
}

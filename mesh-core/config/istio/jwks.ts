import { X509Certificate } from 'node:crypto'

/** What a key must have, by its type. Source: RFC 7518, 6 */
const required: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], oct: ['k'], OKP: ['crv', 'x'] }
const base64Fields = new Set(['n', 'e', 'x', 'y', 'k'])
/** Of a private key, which one with `d` is. */
const privateFields = ['d', 'p', 'q', 'dp', 'dq', 'qi']
/** What any key may say of itself; `null` says nothing. Source: RFC 7517, 4 */
const textFields = ['kid', 'alg', 'use', 'x5t', 'x5t#S256']

/**
 * A set of keys (`{"keys": […]}`), or one key; what stands behind it is not looked at, though Envoy refuses it. @returns what is wrong with it, null for nothing
 */
export function jwksProblem(text: string): string | null {
  let data: unknown
  try {
    data = JSON.parse(firstObject(text))
  } catch (error) {
    return (error as Error).message
  }
  if (!isObject(data)) return 'is no JSON object'
  if (!('keys' in data)) return keyProblem(data)
  if (data.keys === null) return null
  if (!Array.isArray(data.keys)) return 'keys is no list'
  return data.keys.map(keyProblem).find((problem) => problem !== null) ?? null
}

interface Key {
  readonly kty?: string
  readonly d?: unknown
}

/** Which keys are for signing too, and should be secrets; a symmetric key is. @param text in which nothing is wrong */
export function privateKeys(text: string): number[] {
  const data = JSON.parse(firstObject(text)) as Key & { readonly keys?: readonly Key[] | null }
  return (data.keys === undefined ? [data] : (data.keys ?? [])).flatMap(({ kty, d }, i) => (d !== undefined || kty === 'oct' ? [i] : []))
}

/** Strings, in which braces are none, and braces. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}]/g

/** As far as the brace that ends it; all of a text that has no such. */
function firstObject(text: string): string {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '{') depth++
    if (token === '}' && --depth === 0) return text.slice(0, index + 1)
  }
  return text
}

function keyProblem(key: unknown): string | null {
  if (!isObject(key)) return 'a key is no object'
  const type = typeOf(key)
  const fields = required[type as string]
  if (!fields) return `invalid key type from JSON (${String(type ?? '')})`
  const missing = fields.find((field) => key[field] === undefined)
  if (missing !== undefined) return `required field ${missing} is missing`
  const owned = key['d'] === undefined || type === 'oct' ? [] : privateFields.filter((field) => key[field] !== undefined)
  const wrong = [...fields.filter((field) => base64Fields.has(field)), ...owned].find((field) => !isBase64(key[field]))
  return wrong === undefined ? saidProblem(key, fields) : `field ${wrong} is no base64`
}

/** istiod reads it in letters of any case, and of several the last; Envoy does not. Source: Go `encoding/json`, `lestrrat-go/jwx` jwk.KeyProbe. */
function typeOf(key: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(key).findLast(([name, value]) => name.toLowerCase() === 'kty' && value !== null)?.[1]
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)
}

function saidProblem(key: Readonly<Record<string, unknown>>, fields: readonly string[]): string | null {
  const texts = fields.includes('crv') ? [...textFields, 'crv'] : textFields
  const wrong = texts.find((field) => key[field] !== undefined && !isText(key[field]))
  if (wrong !== undefined) return `field ${wrong} is no text`
  const { key_ops: operations, x5c: certificates } = key
  if (operations !== undefined && !isListOf(operations, isText)) return 'field key_ops is no list of texts'
  if (certificates !== undefined && !isListOf(certificates, isCertificate)) return 'field x5c is no list of certificates'
  return null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || value === null
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return value === null || (Array.isArray(value) && value.every(fits))
}

/** DER in base64. */
function isCertificate(value: unknown): boolean {
  if (!isBase64(value)) return false
  try {
    return new X509Certificate(Buffer.from(value, 'base64')) !== null
  } catch {
    return false
  }
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

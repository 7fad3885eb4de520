/** What a key must have, by its type. Source: RFC 7518, 6 */
const required: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], oct: ['k'], OKP: ['crv', 'x'] }
const base64Fields = new Set(['n', 'e', 'x', 'y', 'k'])

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
  const fields = required[key.kty as string]
  if (!fields) return `invalid key type from JSON (${String(key.kty)})`
  const missing = fields.find((field) => key[field] === undefined)
  if (missing !== undefined) return `required field ${missing} is missing`
  const wrong = fields.find((field) => base64Fields.has(field) && !(typeof key[field] === 'string' && /^[\w+/-]*={0,2}$/.test(key[field])))
  return wrong === undefined ? null : `field ${wrong} is no base64`
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

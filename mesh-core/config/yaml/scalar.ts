/**
 * What a plain scalar means to Kubernetes: YAML 1.1 as `sigs.k8s.io/yaml` reads it. Timestamps stay text, base 60 is not known,
 * and `1_000`, `0777`, `0o777`, `0b101` and `0x1F` are integers. Integers past 2^53 lose precision, as in every JSON reader of JavaScript.
 */
export type Scalar = string | number | boolean | null

const words = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, Scalar] => [word, true]),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, Scalar] => [word, false]),
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Scalar] => [word, null]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, Scalar] => [word, NaN]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, Scalar] => [word, Infinity]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, Scalar] => [word, -Infinity]),
])
/** `false`, `False`, `FALSE` are the longest. */
const longestWord = 5

const integer = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
/** A float that starts with a dot: Go's ParseFloat takes underscores between digits. */
const dotFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/

/** First characters that may begin something else than text; a table by character code. */
const wordStart = codes('yYnNtTfFoO~')
const numberStart = codes('+-0123456789')
const dot = '.'.charCodeAt(0)

export function resolvePlain(text: string): Scalar {
  if (text === '') return null
  const first = text.charCodeAt(0)
  if (wordStart[first] === 1) return text.length > longestWord ? text : word(text)
  if (numberStart[first] === 1) return number(text)
  if (first === dot) return dotted(text)
  return text
}

function word(text: string): Scalar {
  const value = words.get(text)
  return value === undefined ? text : value
}

function dotted(text: string): Scalar {
  const value = words.get(text)
  if (value !== undefined) return value
  return dotFloat.test(text) ? finite(text.replaceAll('_', ''), text) : text
}

function number(text: string): Scalar {
  const special = text.length <= longestWord ? words.get(text) : undefined
  if (special !== undefined) return special
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const found = integer.exec(plain)
  const value = found ? fitting(found) : null
  if (value !== null) return value
  return float.test(plain) ? finite(plain, text) : text
}

/** Go's int64 and uint64; past them a decimal is a float, and a hexadecimal is text. */
function fitting([, sign, hex, binary, octal, decimal]: RegExpExecArray): number | null {
  const digits = decimal ?? (hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : `0o${octal}`)
  const size = Number(digits)
  if (Number.isSafeInteger(size)) return sign === '-' && size !== 0 ? -size : size
  const exact = BigInt(digits)
  const limit = sign === '-' ? 2n ** 63n : sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n
  if (exact > limit) return null
  return sign === '-' ? -size : size
}

function finite(plain: string, text: string): number | string {
  const value = Number(plain)
  return Number.isFinite(value) ? value : text
}

/**
 * The key of a JSON object that a plain scalar becomes: `on` is `true`, `0x10` is `16`, `1e6` is `1e+06`.
 * @returns null for a key that cannot be one: `null`, and integers past int64
 */
export function resolvePlainKey(text: string): string | null {
  const value = resolvePlain(text)
  if (typeof value === 'string') return value
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  const found = integer.exec(text.replaceAll('_', ''))
  return found && fitting(found) !== null ? integerKey(found) : floatKey(value)
}

function integerKey([, sign, hex, binary, octal, decimal]: RegExpExecArray): string | null {
  const size = BigInt(decimal ?? (hex !== undefined ? `0x${hex}` : binary !== undefined ? `0b${binary}` : `0o${octal}`))
  if (sign !== '-' && size >= 2n ** 63n) return null
  return String(sign === '-' ? -size : size)
}

/** Go's `strconv.FormatFloat(key, 'g', -1, 32)`, with YAML's words for what is no number. */
function floatKey(key: number): string {
  if (Number.isNaN(key)) return '.nan'
  if (!Number.isFinite(Math.fround(key))) return key < 0 ? '-.inf' : '.inf'
  if (key === 0) return Object.is(key, -0) ? '-0' : '0'
  const [mantissa = '', exponent = '0'] = shortestSingle(key).split('e')
  const power = Number(exponent)
  // Go's shortest 'g' goes over to exponents at six digits before the dot, however few of them count (1e+06, 1.2345679e+08).
  if (power >= -4 && power < 6) return String(Number(`${mantissa}e${power}`))
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** The fewest digits that read back as the same 32-bit float, in exponential form. */
function shortestSingle(value: number): string {
  const single = Math.fround(value)
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === single) return trimmed(text)
  }
  return trimmed(value.toExponential(8))
}

function trimmed(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e')
  return `${mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa}e${Number(exponent)}`
}

function codes(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}

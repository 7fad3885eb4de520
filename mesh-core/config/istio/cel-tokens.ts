export interface Token {
  readonly kind: 'literal' | 'name' | 'field' | 'sign'
  readonly text: string
}

const escape = String.raw`\\(?:[abfnrtv\\?"'\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`
const raw = String.raw`[rR](?:"""[^]*?"""|'''[^]*?'''|"[^"\r\n]*"|'[^'\r\n]*')`
const plain = String.raw`"""(?:${escape}|[^\\])*?"""|'''(?:${escape}|[^\\])*?'''|"(?:${escape}|[^\\"\r\n])*"|'(?:${escape}|[^\\'\r\n])*'`
const number = String.raw`0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?u?`
const sign = String.raw`==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()[\]{}]`
/** A text, a number, a name, the name of a field in backquotes, or a sign, after blanks and a comment. */
// eslint-disable-next-line no-restricted-syntax -- of parts that stand above
const token = new RegExp(String.raw`\s*(?:\/\/[^\n]*|([bB]?(?:${raw}|${plain}))|(${number})|([A-Za-z_]\w*)|(\x60[\w./ -]+\x60)|(${sign}))`, 'y')

/** @returns what is wrong, where a part is none of the language. Source: the grammar of CEL's language definition. */
export function celTokens(text: string): Token[] | string {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (token.lastIndex = 0; token.lastIndex < end;) {
    const start = token.lastIndex
    const found = token.exec(text)
    if (!found) return `unexpected character at ${start}`
    const [, quoted, digits, name, field, mark] = found
    if (digits !== undefined && isTooLarge(digits, tokens.at(-1)?.text === '-')) return `${digits} is too large`
    const literal = quoted ?? digits
    if (literal !== undefined) tokens.push({ kind: 'literal', text: literal })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (field !== undefined) tokens.push({ kind: 'field', text: field })
    else if (mark !== undefined) tokens.push({ kind: 'sign', text: mark })
  }
  return tokens
}

/** Whole numbers have 64 bits; the least has one more than the greatest. */
function isTooLarge(digits: string, isNegative: boolean): boolean {
  const unsigned = digits.endsWith('u')
  const bare = unsigned ? digits.slice(0, -1) : digits
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(bare)) return !Number.isFinite(Number(bare))
  return BigInt(bare) > (unsigned ? 2n ** 64n - 1n : 2n ** 63n - (isNegative ? 0n : 1n))
}

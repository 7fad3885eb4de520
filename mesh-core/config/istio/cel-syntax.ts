/** Whether a text is an expression of CEL. Source: the grammar of its language definition. */
const token =
  /\s*(?:\/\/[^\n]*|([bB]?[rR]?(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?u?)|([A-Za-z_]\w*)|(==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()[\]{}]))/y

type Kind = 'literal' | 'name' | 'sign'

interface Token {
  readonly kind: Kind
  readonly text: string
}

/** @returns what is wrong, null for nothing */
export function celProblem(text: string): string | null {
  const tokens = tokensOf(text)
  if (typeof tokens === 'string') return tokens
  const reader = new Reader(tokens)
  return reader.expression() && reader.atEnd ? null : `syntax error at ${reader.here}`
}

function tokensOf(text: string): Token[] | string {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (token.lastIndex = 0; token.lastIndex < end;) {
    const start = token.lastIndex
    const found = token.exec(text)
    if (!found) return `unexpected character at ${start}`
    const [, quoted, number, name, sign] = found
    const literal = quoted ?? number
    if (literal !== undefined) tokens.push({ kind: 'literal', text: literal })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
  }
  return tokens
}

const binary: ReadonlySet<string> = new Set(['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'])
const literalNames: ReadonlySet<string> = new Set(['true', 'false', 'null'])

/** Precedence does not matter to whether a text is an expression: all binary operators are read alike. */
class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  get here(): string {
    const next = this.#tokens[this.#at]
    return next ? `"${next.text}"` : 'the end'
  }

  expression(): boolean {
    if (!this.#operands()) return false
    if (!this.#takes('?')) return true
    return this.#operands() && this.#takes(':') && this.expression()
  }

  #operands(): boolean {
    if (!this.#unary()) return false
    while (this.#takesBinary()) if (!this.#unary()) return false
    return true
  }

  #takesBinary(): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind === 'sign' ? !binary.has(next.text) : next?.text !== 'in') return false
    this.#at++
    return true
  }

  #unary(): boolean {
    const sign = this.#takes('!') ? '!' : this.#takes('-') ? '-' : null
    if (sign !== null) while (this.#takes(sign));
    return this.#primary() && this.#members()
  }

  #members(): boolean {
    for (;;)
      if (this.#takes('.')) {
        this.#takes('?')
        if (!this.#takesName() || (this.#takes('(') && !this.#list(')'))) return false
      } else if (this.#takes('[')) {
        this.#takes('?')
        if (!this.expression() || !this.#takes(']')) return false
      } else if (this.#takes('{')) {
        if (!this.#entries()) return false
      } else return true
  }

  #primary(): boolean {
    if (this.#takes('(')) return this.expression() && this.#takes(')')
    if (this.#takes('[')) return this.#list(']')
    if (this.#takes('{')) return this.#entries()
    const next = this.#tokens[this.#at]
    if (next?.kind === 'literal' || (next?.kind === 'name' && literalNames.has(next.text))) return ++this.#at > 0
    this.#takes('.')
    return this.#takesName() && (!this.#takes('(') || this.#list(')'))
  }

  #list(close: string): boolean {
    if (this.#takes(close)) return true
    do
      if (close === ']' && this.#takes(close)) return true
      else if (!this.expression()) return false
    while (this.#takes(','))
    return this.#takes(close)
  }

  #entries(): boolean {
    while (!this.#takes('}')) {
      if (!this.expression() || !this.#takes(':') || !this.expression()) return false
      if (!this.#takes(',')) return this.#takes('}')
    }
    return true
  }

  #takes(sign: string): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'sign' || next.text !== sign) return false
    this.#at++
    return true
  }

  #takesName(): boolean {
    const next = this.#tokens[this.#at]
    if (next?.kind !== 'name' || literalNames.has(next.text) || next.text === 'in') return false
    this.#at++
    return true
  }
}

import { celTokens, type Token } from './cel-tokens.ts'

/** @returns what is wrong with an expression of CEL, null for nothing. Source: the grammar of its language definition. */
export function celProblem(text: string): string | null {
  const tokens = celTokens(text)
  if (typeof tokens === 'string') return tokens
  const reader = new Reader(tokens)
  return reader.expression() && reader.atEnd ? null : `syntax error at ${reader.here}`
}

const binary: ReadonlySet<string> = new Set(['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'])
const literalNames: ReadonlySet<string> = new Set(['true', 'false', 'null'])
const reserved: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop namespace package return var void while'.split(' '),
)
/** Macros called on a value, and how many arguments they have; the first names a variable. With other counts they are functions. */
const macros: Readonly<Record<string, readonly number[]>> = { all: [2], exists: [2], exists_one: [2], map: [2, 3], filter: [2] }

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
        if (!this.#member()) return false
      } else if (this.#takes('[')) {
        if (!this.expression() || !this.#takes(']')) return false
      } else if (this.#takes('{')) {
        if (!this.#entries()) return false
      } else return true
  }

  #member(): boolean {
    const name = this.#tokens[this.#at]
    if (name?.kind === 'field') return ++this.#at > 0
    if (!this.#takesName()) return false
    if (!this.#takes('(')) return true
    const given = this.#arguments()
    const counts = macros[name!.text]
    return given !== null && (!counts?.includes(given.length) || (given[0]!.length === 1 && given[0]![0]!.kind === 'name'))
  }

  #primary(): boolean {
    if (this.#takes('(')) return this.expression() && this.#takes(')')
    if (this.#takes('[')) return this.#list(']')
    if (this.#takes('{')) return this.#entries()
    const next = this.#tokens[this.#at]
    if (next?.kind === 'literal' || (next?.kind === 'name' && literalNames.has(next.text))) return ++this.#at > 0
    const isAbsolute = this.#takes('.')
    const name = this.#tokens[this.#at]?.text ?? ''
    if (reserved.has(name) || !this.#takesName()) return false
    if (!this.#takes('(')) return true
    const given = this.#arguments()
    return given !== null && (name !== 'has' || isAbsolute || given.length !== 1 || isSelection(given[0]!))
  }

  /** The tokens of each argument, after the opening parenthesis; `null` where something else stands. */
  #arguments(): (readonly Token[])[] | null {
    const given: (readonly Token[])[] = []
    if (this.#takes(')')) return given
    do {
      const start = this.#at
      if (!this.expression()) return null
      given.push(this.#tokens.slice(start, this.#at))
    } while (this.#takes(','))
    return this.#takes(')') ? given : null
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

/** `e.f`, in parentheses or not: what the macro `has` is for. */
function isSelection(tokens: readonly Token[]): boolean {
  if (tokens[0]?.text === '(' && tokens.at(-1)?.text === ')') return isSelection(tokens.slice(1, -1))
  return tokens.at(-1)?.kind !== 'sign' && tokens.at(-2)?.text === '.'
}

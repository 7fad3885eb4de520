/** Lists and objects within each other. */
const deepest = 100

/**
 * Reads JSON as Envoy reads the parts of a token: texts may stand in single quotes and hold line breaks, names of fields may stand without quotes, and a comma may
 * come last; a name that occurs twice is refused. Source: protobuf `json/internal/lexer.cc`, `parser.cc`, with its legacy syntax.
 * @throws SyntaxError
 */
export function parseLooseJson(text: string): unknown {
  return new Reader(text).whole()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): unknown {
    const value = this.#value(deepest)
    this.#blanks()
    if (this.#at < this.#text.length) throw this.#fault()
    return value
  }

  #value(depth: number): unknown {
    if (depth < 0) throw this.#fault()
    this.#blanks()
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(depth)
    if (next === '[') return this.#list(depth)
    if (next === '"' || next === "'") return this.#quoted()
    const word = this.#take(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y)
    if (word === null || this.#take(/[\w.$+-]/y) !== null) throw this.#fault()
    const value: unknown = JSON.parse(word)
    if (value === Infinity || value === -Infinity) throw this.#fault()
    return value
  }

  #object(depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>()
    this.#items('}', () => {
      const name = this.#name()
      if (entries.has(name)) throw this.#fault()
      this.#blanks()
      if (this.#take(/:/y) === null) throw this.#fault()
      entries.set(name, this.#value(depth - 1))
    })
    return Object.fromEntries(entries)
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = []
    this.#items(']', () => items.push(this.#value(depth - 1)))
    return items
  }

  #items(end: '}' | ']', read: () => void): void {
    this.#at++
    for (let more = true; ;) {
      this.#blanks()
      if (this.#text[this.#at] === end) break
      if (!more) throw this.#fault()
      read()
      this.#blanks()
      more = this.#take(/,/y) !== null
    }
    this.#at++
  }

  #name(): string {
    const next = this.#text[this.#at]
    if (next === '"' || next === "'") return this.#quoted()
    const word = this.#take(/[A-Za-z_$][\w$]*/y)
    if (word === null || words.has(word)) throw this.#fault()
    return word
  }

  #quoted(): string {
    const quoted = this.#take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy)
    if (quoted === null) throw this.#fault()
    const read = quoted.slice(1, -1).replace(/\\(u[\da-fA-F]{4}|.)/gs, (_, escaped: string) => {
      const known = escaped.length > 1 ? String.fromCharCode(parseInt(escaped.slice(1), 16)) : escapes[escaped]
      if (known === undefined) throw this.#fault()
      return known
    })
    // Half of a pair is no character.
    if (/\p{Surrogate}/u.test(read)) throw this.#fault()
    return read
  }

  #blanks(): void {
    this.#take(/[ \t\r\n]*/y)
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found === undefined) return null
    this.#at += found.length
    return found
  }

  #fault(): SyntaxError {
    return new SyntaxError(`unexpected text at ${this.#at}`)
  }
}

const words: ReadonlySet<string> = new Set(['true', 'false', 'null'])

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

import { textOf } from './text.ts'

/** The start line and the fields of a message: names in lower case, each before its value. */
export interface Head {
  readonly start: string
  readonly fields: readonly string[]
}

export interface Message extends Head {
  readonly body: Buffer
}

/** Where the body ends. Source: RFC 9112, 6.3. */
export type Framing = { readonly kind: 'length'; readonly length: number } | { readonly kind: 'chunked' } | { readonly kind: 'close' }

/** The bytes are no HTTP/1.1. */
export class NotHttp extends Error {
  override readonly name = 'NotHttp'
}

/** Takes HTTP/1.1 messages out of the bytes of a connection, and leaves to their readers what they mean: neither a method nor a target is looked at. */
export class MessageReader {
  readonly #framingOf: (head: Head) => Framing
  #rest: Buffer = Buffer.alloc(0)
  #head: Head | null = null
  #framing: Framing | null = null
  #ended = false

  constructor(framingOf: (head: Head) => Framing) {
    this.#framingOf = framingOf
  }

  /** Of a message that is not whole yet. */
  get head(): Head | null {
    return this.#head
  }

  /** Bytes have come that are no part of a message taken. */
  get begun(): boolean {
    return this.#head !== null || this.#rest.length > 0
  }

  /** What has come behind the messages taken. */
  get rest(): Buffer {
    return this.#rest
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
  }

  /** The other side says no more. */
  end(): void {
    this.#ended = true
  }

  /** @returns the next message; `null` while it is not whole. @throws NotHttp */
  take(): Message | null {
    this.#head ??= this.#takeHead()
    if (!this.#head) return null
    this.#framing ??= this.#framingOf(this.#head)
    const body = this.#takeBody(this.#framing)
    if (!body) return null
    const message = { ...this.#head, body }
    this.#head = null
    this.#framing = null
    return message
  }

  #takeHead(): Head | null {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return null
    const [start = '', ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n')
    this.#rest = this.#rest.subarray(end + 4)
    return { start: textOf(start), fields: lines.flatMap(fieldOf) }
  }

  #takeBody(framing: Framing): Buffer | null {
    switch (framing.kind) {
      case 'length':
        return this.#rest.length < framing.length ? null : this.#cut(framing.length)
      case 'close':
        return this.#ended ? this.#cut(this.#rest.length) : null
      case 'chunked':
        return this.#takeChunks()
    }
  }

  /** All chunks at once: a message that is not whole is of no use to anybody here. */
  #takeChunks(): Buffer | null {
    const chunks: Buffer[] = []
    for (let at = 0; ;) {
      const end = this.#rest.indexOf('\r\n', at)
      if (end < 0) return null
      const size = parseInt(this.#rest.toString('latin1', at, end), 16)
      if (Number.isNaN(size)) throw new NotHttp('a chunk without a size')
      const begin = end + 2
      if (size === 0) {
        const last = this.#endOfTrailers(begin)
        if (last === null) return null
        this.#rest = this.#rest.subarray(last)
        return Buffer.concat(chunks)
      }
      at = begin + size + 2
      if (this.#rest.length < at) return null
      chunks.push(this.#rest.subarray(begin, begin + size))
    }
  }

  #endOfTrailers(begin: number): number | null {
    if (this.#rest.toString('latin1', begin, begin + 2) === '\r\n') return begin + 2
    const end = this.#rest.indexOf('\r\n\r\n', begin)
    return end < 0 ? null : end + 4
  }

  #cut(length: number): Buffer {
    const bytes = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return bytes
  }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  if (colon < 1) throw new NotHttp(`no header field: ${line}`)
  return [line.slice(0, colon).toLowerCase(), textOf(line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, ''))]
}

/** @returns the last value of a field */
export function fieldIn({ fields }: Head, name: string): string | undefined {
  for (let i = fields.length - 2; i >= 0; i -= 2) if (fields[i] === name) return fields[i + 1]
  return undefined
}

/** How the fields say that the body ends; `otherwise` when they do not say it. */
export function framingBy(head: Head, otherwise: Framing): Framing {
  if (/\bchunked\b/i.test(fieldIn(head, 'transfer-encoding') ?? '')) return { kind: 'chunked' }
  const length = fieldIn(head, 'content-length')
  return length === undefined ? otherwise : { kind: 'length', length: Number(length) }
}

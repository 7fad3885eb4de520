/**
 * Header fields in the order of the wire: a flat list of lower-case names and values. Small and mutable, since every proxy on the way
 * edits it; a hop that keeps what it saw takes a `copy()`.
 */
export class Headers {
  /** name, value, name, value … */
  readonly fields: string[]

  constructor(fields: string[] = []) {
    this.fields = fields
  }

  static of(entries: Readonly<Record<string, string | readonly string[]>>): Headers {
    const headers = new Headers()
    for (const [name, value] of Object.entries(entries)) for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one)
    return headers
  }

  /** The first value. */
  get(name: string): string | undefined {
    const fields = this.fields
    for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1]
    return undefined
  }

  all(name: string): string[] {
    const values: string[] = []
    const fields = this.fields
    for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) values.push(fields[i + 1]!)
    return values
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  append(name: string, value: string): void {
    this.fields.push(name.toLowerCase(), value)
  }

  /** Replaces every value of the name by one. `name` is lower case. */
  set(name: string, value: string): void {
    const fields = this.fields
    for (let i = 0; i < fields.length; i += 2)
      if (fields[i] === name) {
        fields[i + 1] = value
        this.#removeFrom(name, i + 2)
        return
      }
    fields.push(name, value)
  }

  remove(name: string): void {
    this.#removeFrom(name, 0)
  }

  copy(): Headers {
    return new Headers(this.fields.slice())
  }

  *entries(): IterableIterator<[string, string]> {
    for (let i = 0; i < this.fields.length; i += 2) yield [this.fields[i]!, this.fields[i + 1]!]
  }

  #removeFrom(name: string, start: number): void {
    const fields = this.fields
    for (let i = start; i < fields.length;)
      if (fields[i] === name) fields.splice(i, 2)
      else i += 2
  }
}

/** A request as it stands on the wire between two parties. `path` keeps its query string. */
export interface HttpRequest {
  method: string
  scheme: 'http' | 'https'
  /** The Host header, e.g. `reviews:9080`. */
  authority: string
  /** A proxy has taken Host out of it; `authority` is empty then. */
  withoutHost?: true
  path: string
  headers: Headers
  body: string
  /**
   * How it stands on the wire; left out for HTTP/1.1. Bytes of a TCP connection, or of a datagram, are a request without method, path and headers, whose body
   * they are; the answer has status 0.
   */
  protocol?: WireProtocol
  /** Over HTTP/2 its body comes with its end, in as few frames as hold it: all of it had come to its sender before. It never goes over the wire. */
  atOnce?: true
  /** Of bytes: the client says nothing before it has heard the server. */
  serverFirst?: true
  /** Of a gRPC call, or what a client says over its WebSocket once that is open; `body` is empty then. */
  messages?: readonly StreamMessage[]
  /** Of the JWT that the proxy which has the request now has verified; it never goes over the wire. */
  claims?: Claims
}

/** The payload of a JWT. */
export type Claims = Readonly<Record<string, unknown>>

/** One message of a stream: a text, or bytes. */
export type StreamMessage = string | Uint8Array

/** HTTP by the names of ALPN. */
export type WireProtocol = 'h2' | 'http/1.0' | 'tcp' | 'udp'

/** Is it no HTTP at all? */
export function isBytes(protocol: WireProtocol | undefined): protocol is 'tcp' | 'udp' {
  return protocol === 'tcp' || protocol === 'udp'
}

/** What a client says over TCP, or in a datagram. */
export function bytesOf(protocol: 'tcp' | 'udp', authority: string, body: string): HttpRequest {
  return { protocol, method: '', scheme: 'http', authority, path: '', headers: new Headers(), body }
}

/**
 * ms that a client of bytes waits for an answer where it is not told otherwise: nobody says that there will be none. To a datagram as `dig` does; to a line for longer
 * than a TCP proxy of Envoy's keeps a connection on which nothing is said.
 */
export const bytesPatienceMs = { udp: 5000, tcp: 7_200_000 } as const

export interface HttpResponse {
  status: number
  headers: Headers
  body: string
  /** Of a stream. A WebSocket that was opened has the status 101. */
  messages?: readonly StreamMessage[]
  /** What a service that opens a WebSocket says to what it is told there. */
  converse?: (messages: readonly StreamMessage[]) => readonly StreamMessage[]
  /** Fields after the body, where a gRPC server tells how a call ended. HTTP/1.1 carries none here: Envoy drops them unless it is told otherwise. */
  trailers?: Headers
}

/**
 * HTTP/2 lets a client divide its cookies; whoever receives them puts them together again, in place. Source: RFC 9113, 8.2.3; Envoy
 * `Utility::reconstituteCrumbledCookies`.
 */
export function joinCookies(headers: Headers): void {
  const cookies = headers.all('cookie')
  if (cookies.length > 1) headers.set('cookie', cookies.join('; '))
}

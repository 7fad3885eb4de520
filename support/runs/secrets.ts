import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import type { Headers } from '../../mesh-core/ir/message.ts'

/** In place of what is not told. */
export const hidden = '(hidden)'

/** Shorter ones are no secrets, and would take every second word out of a message. */
const shortest = 4

/**
 * Headers whose values say nothing of people: a message that lacked them would help nobody. All others may hold names, tokens, sessions. What gRPC says of a call
 * that fails stands in the place of a body, which is shown.
 */
const plain =
  /^(?:host|date|server|via|connection|vary|allow|etag|age|content-.*|cache-control|accept(?:-.*)?|user-agent|location|te|trailer|grpc-(?:status|message|timeout)|transfer-encoding|x-request-id|x-meshspec-id|x-b3-.*|traceparent|x-envoy-.*|x-forwarded-(?:for|proto|port|host)|x-forwarded-client-cert|access-control-.*|retry-after)$/

/** May anybody see the header's value? */
export function isPlainHeader(name: string): boolean {
  return plain.test(name.toLowerCase())
}

/** What a live mesh's messages are not to show: values of headers and cookies that were sent or received, tokens, keys. */
export class Secrets {
  readonly #values = new Set<string>()

  note({ request, response, hops }: Exchange): void {
    for (const headers of [request.headers, response?.headers, ...hops.map((hop) => hop.received?.headers)]) if (headers) this.#noteHeaders(headers)
  }

  /** The text, without any of them. */
  hide(text: string): string {
    let shown = withoutTokens(text)
    // Longer ones first: one may be a part of another.
    for (const value of [...this.#values].toSorted((a, b) => b.length - a.length)) if (shown.includes(value)) shown = shown.replaceAll(value, hidden)
    return shown.includes('…') ? this.#withoutBeginnings(shown) : shown
  }

  /** Where a message is cut short, so may be a value at its end. */
  #withoutBeginnings(text: string): string {
    const parts = text.split('…')
    return parts.map((part, i) => (i === parts.length - 1 ? part : this.#withoutBeginning(part))).join('…')
  }

  #withoutBeginning(part: string): string {
    const longest = Math.max(0, ...[...this.#values].map((value) => beginningAtEnd(part, value)))
    return longest === 0 ? part : part.slice(0, -longest) + hidden
  }

  #noteHeaders(headers: Headers): void {
    for (const [name, value] of headers.entries()) {
      if (plain.test(name)) continue
      if (value.length >= shortest) this.#values.add(value)
      // A cookie by itself: a page may show its value alone.
      if (/cookie/.test(name)) for (const [, cookie = ''] of value.matchAll(/=([^;\s]+)/g)) if (cookie.length >= shortest) this.#values.add(cookie)
    }
  }
}

/** How many characters at the text's end are the value's beginning; 0 for fewer than a secret has. */
function beginningAtEnd(text: string, value: string): number {
  for (let length = Math.min(text.length, value.length); length >= shortest; length--) if (text.endsWith(value.slice(0, length))) return length
  return 0
}

/** What is known for a secret by its form alone: tokens of HTTP, JWTs, PEM, and the fields of a kubeconfig that hold them. */
export function withoutTokens(text: string): string {
  return text
    .replace(/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, hidden)
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`)
    .replace(/((?:token|password|client-key-data|client-certificate-data)["']?\s*[:=]\s*["']?)[^\s"',}]{4,}/gi, `$1${hidden}`)
}

/** YAML in which the values of each Secret are hidden, whatever they look like. */
export function withoutSecretData(text: string): string {
  if (!/\bkind:\s*["']?Secret\b/.test(text)) return text
  return text
    .split(/^(?=---)/m)
    .map((document) => (/\bkind:\s*["']?Secret\b/.test(document) ? withoutData(document) : document))
    .join('')
}

function withoutData(document: string): string {
  const flow = document.replace(
    /\b((?:stringData|data)["']?\s*:\s*\{)([^}]*)\}/g,
    (_, before: string, pairs: string) => `${before}${pairs.replace(/([^\s,:]+\s*:\s*)("[^"]*"|'[^']*'|[^,]*)/g, `$1${hidden}`)}}`,
  )
  let depth: number | null = null
  return flow
    .split('\n')
    .map((line) => {
      const indent = /^\s*/.exec(line)![0].length
      if (depth !== null && (line.trim() === '' || indent > depth))
        return line.replace(/^(\s*(?:[^\s:]+:(?=\s|$))?\s*).*$/, (_, key: string) => (line.trim() === '' ? line : `${key.trimEnd()} ${hidden}`))
      depth = /^\s*(?:stringData|data):\s*$/.test(line) ? indent : null
      return line
    })
    .join('\n')
}

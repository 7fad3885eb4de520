import type { Headers } from '../../ir/message.ts'

/** A token of HTTP (RFC 9110, 5.6.2), as names come: in lower case. */
const token = /^[-!#$%&'*+.^_`|~0-9a-z]+$/

/** Characters that no value has (RFC 9110, 5.5). */
const control = /[\0-\x08\n-\x1f\x7f]/

/**
 * A header that Envoy sends nobody, in its words: istiod lets routes add names that HTTP has not, and claims of tokens hold any text. Nothing goes out then, and the
 * connection stays.
 * Source: Envoy `HeaderUtility::checkValidRequestHeaders`, `UpstreamRequest::acceptHeadersFromRouter`.
 */
export function wrongHeader({ fields }: Headers): string | null {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (!isToken(name)) return `invalid header name: ${escaped(name)}`
    if (hasControls(fields[i + 1]!)) return `invalid header value for: ${escaped(name)}`
  }
  return null
}

/** Most requests have the same names. */
const knownTokens = new Set<string>()
const mostKnown = 1000

export function isToken(name: string): boolean {
  if (knownTokens.has(name)) return true
  const is = token.test(name)
  if (is && knownTokens.size < mostKnown) knownTokens.add(name)
  return is
}

export function haveWrongName({ fields }: Headers): boolean {
  for (let i = 0; i < fields.length; i += 2) if (!isToken(fields[i]!)) return true
  return false
}

export function haveWrongValue({ fields }: Headers): boolean {
  for (let i = 1; i < fields.length; i += 2) if (hasControls(fields[i]!)) return true
  return false
}

export function hasControls(value: string): boolean {
  return control.test(value)
}

function escaped(name: string): string {
  return name.replace(/["'\\]/g, '\\$&')
}

/** What the log tells of it; the client is told it as it is. */
export function wrongHeaderDetails(problem: string): string {
  return `filter_removed_required_request_headers{${problem.replaceAll(' ', '_')}}`
}

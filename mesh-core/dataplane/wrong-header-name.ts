import type { Headers } from '../ir/message.ts'

/** A token of HTTP (RFC 9110, 5.6.2), as names come: in lower case. */
const token = /^[-!#$%&'*+.^_`|~0-9a-z]+$/

/**
 * A header that Envoy sends nobody: istiod lets routes add names that HTTP has not. Nothing goes out then, and the connection stays.
 * Source: Envoy `HeaderUtility::checkValidRequestHeaders`, `UpstreamRequest::acceptHeadersFromRouter`.
 */
export function wrongHeaderName({ fields }: Headers): string | null {
  for (let i = 0; i < fields.length; i += 2) if (!token.test(fields[i]!)) return fields[i]!
  return null
}

/** How the client, and the log, are told of it. */
export function describeWrongName(name: string): { readonly body: string; readonly details: string } {
  const body = `invalid header name: ${name.replace(/["'\\]/g, '\\$&')}`
  return { body, details: `filter_removed_required_request_headers{${body.replaceAll(' ', '_')}}` }
}

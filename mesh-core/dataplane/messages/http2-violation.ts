import type { HttpRequest } from '../../ir/message.ts'
import { opensWebSocket } from './upgrade.ts'

/** Characters that no path has: blanks and controls. */
const noPath = /[\0-\x20\x7f]/

const wrongField = 'http2.invalid.header.field'

/** They are of one connection, and HTTP/2 has none of them (RFC 9113, 8.2.2). */
const ofConnection = ['connection', 'upgrade', 'keep-alive', 'proxy-connection', 'transfer-encoding']

/**
 * Why a request ends its whole connection of HTTP/2; `null`: it does not. A WebSocket comes as an extended CONNECT, which istiod has no proxy say that it takes;
 * a path that a rule has written may be none, and so may headers that it has written. Source: Envoy `http2/codec_impl.cc`, nghttp2 `nghttp2_http_on_header`, `nghttp2_http_on_request_headers`.
 */
export function http2Violation(request: HttpRequest): string | null {
  const { protocol, method, path, headers } = request
  if (protocol !== 'h2') return null
  if (opensWebSocket(request) || noPath.test(path) || hasOfConnection(headers)) return wrongField
  const isWhole = method === 'CONNECT' || path.startsWith('/') || (method === 'OPTIONS' && path === '*')
  return isWhole ? null : 'http2.violation.of.messaging.rule'
}

function hasOfConnection(headers: HttpRequest['headers']): boolean {
  const te = headers.get('te')
  return (te !== undefined && te.toLowerCase() !== 'trailers') || ofConnection.some((name) => headers.has(name))
}

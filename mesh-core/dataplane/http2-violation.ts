import type { HttpRequest } from '../ir/message.ts'
import { opensWebSocket } from './upgrade.ts'

/** Characters that no path has: blanks and controls. */
const noPath = /[\0-\x20\x7f]/

const wrongField = 'http2.invalid.header.field'

/**
 * Why a request ends its whole connection of HTTP/2; `null`: it does not. A WebSocket comes as an extended CONNECT, which istiod has no proxy say that it takes;
 * a path that a rule has written may be none. Source: Envoy `http2/codec_impl.cc`, nghttp2 `nghttp2_http_on_header`, `nghttp2_http_on_request_headers`.
 */
export function http2Violation(request: HttpRequest): string | null {
  const { protocol, method, path } = request
  if (protocol !== 'h2') return null
  if (opensWebSocket(request) || noPath.test(path)) return wrongField
  const isWhole = method === 'CONNECT' || path.startsWith('/') || (method === 'OPTIONS' && path === '*')
  return isWhole ? null : 'http2.violation.of.messaging.rule'
}

import type { HttpRequest, HttpResponse } from '../../ir/message.ts'
import type { HttpSettings } from '../../ir/proxy-config.ts'

/** Source: Envoy `max_headers_count`, where nothing is said of it; seen with 1.40.0, by number. */
const usual = 100

/** `:method`, `:scheme`, `:authority`, `:path`. */
const ownOfRequest = 4
/** `:status` */
const ownOfAnswer = 1

/** @param count of the request's headers as they came, its host not among them */
export function hasTooMany({ protocol }: HttpRequest, count: number, { mostHeaders = usual }: HttpSettings): boolean {
  return count + (protocol === 'h2' ? ownOfRequest : 1) > mostHeaders
}

/**
 * How a try ends whose answer has more headers than a proxy takes, or is the 101 that HTTP/2 does not have; `null`: it has not.
 * Source: Envoy `http1/codec_impl.cc`, `http2/codec_impl.cc` saveHeader; RFC 9113, 8.6.
 */
export function refusalOfAnswer({ status, headers }: HttpResponse, isHttp2: boolean): 'protocol-error' | 'stream-reset' | null {
  const count = headers.fields.length / 2
  if (isHttp2 && status === 101) return 'protocol-error'
  if (isHttp2) return count + ownOfAnswer > usual ? 'stream-reset' : null
  return count > usual ? 'protocol-error' : null
}

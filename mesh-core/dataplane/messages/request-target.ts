import type { HttpRequest } from '../../ir/message.ts'
import { hasControls, isToken } from './wrong-header.ts'

type Target = Pick<HttpRequest, 'authority' | 'path'>

const absolute = /^[a-z]+:\/\/([^/?#]+)(.*)$/i

/**
 * Where a request goes by its first line. A path that a rule has written may be a whole URL to who reads it in HTTP/1.1: then that names the host, and Host does not.
 * Source: Envoy `http1/codec_impl.cc` ServerConnectionImpl::handlePath.
 */
export function targetOf({ authority, path, protocol }: HttpRequest): Target {
  const [, host, rest = ''] = (protocol !== 'h2' && absolute.exec(path)) || []
  return host === undefined ? { authority, path } : { authority: host, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** Blanks end a target, and of what is not ASCII none has any. */
const noTarget = /[\t \x80-\uffff]/

/** What CONNECT names. Source: Envoy `http/utility.cc` Url::initialize. */
const hostWithPort = /^(\[[^\]]+\]|[^/?#@:]+):\d+$/

/**
 * Why HTTP/1.1 does not take a first line: its target is no text of ASCII, it asks for neither a path nor a URL, or for all of the server otherwise than by OPTIONS.
 * Source: Envoy `balsa_parser.cc` isUrlValid.
 */
export function targetRefusal({ method, path, protocol }: HttpRequest): string | null {
  if (protocol === 'h2') return null
  if (noTarget.test(path)) return 'http1.codec_error'
  if (method === 'CONNECT') return hostWithPort.test(path) ? null : 'http1.invalid_url'
  if (path.startsWith('/') || absolute.test(path)) return null
  if (!path.startsWith('*')) return 'http1.codec_error'
  return method === 'OPTIONS' ? null : 'http1.invalid_url'
}

/** Does a look at the first line find HTTP there? Any token is a method then. Source: Envoy `http_inspector.cc` parseHttpHeader, `balsa_parser.cc`. */
export function readsAsHttp(request: HttpRequest): boolean {
  const { method, path } = request
  return isToken(method.toLowerCase()) && !hasControls(path) && targetRefusal(request) !== 'http1.codec_error'
}

import type { HttpRequest } from '../ir/message.ts'

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

/** Why HTTP/1.1 does not take a first line: it asks for neither a path nor a URL, or for all of the server otherwise than by OPTIONS. Source: Envoy `balsa_parser.cc` isUrlValid. */
export function targetRefusal({ method, path, protocol }: HttpRequest): string | null {
  // CONNECT names a host alone.
  if (protocol === 'h2' || method === 'CONNECT' || path.startsWith('/') || absolute.test(path)) return null
  if (!path.startsWith('*')) return 'http1.codec_error'
  return method === 'OPTIONS' ? null : 'http1.invalid_url'
}

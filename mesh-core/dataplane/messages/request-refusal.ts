import { Headers, type HttpRequest, type HttpResponse } from '../../ir/message.ts'
import type { HttpSettings, PathNormalization } from '../../ir/proxy-config.ts'
import type { ReceivedRequest } from '../connection-manager.ts'
import { isGrpc } from './grpc.ts'
import { composeLocalReply, lowVersion } from '../replies/local-reply.ts'
import type { LocalReply } from '../replies/local-reply.ts'
import { isRefused as isRefusedPath } from './path-normalization.ts'
import { isKnownMethod } from './request-method.ts'
import { targetRefusal } from './request-target.ts'
import type { Rewrite } from '../replies/reply-mapping.ts'
import { hasControls, haveWrongName, haveWrongValue } from './wrong-header.ts'
import { hasTooMany } from './too-many-headers.ts'

/** Why a proxy does not take a request: no filter sees it. */
export interface RequestRefusal {
  readonly reply: LocalReply
  /** Envoy's response code details. */
  readonly details: string
  readonly flag: 'DPE' | null
  /** The connection is not closed behind it. */
  readonly keepsConnection?: true
}

/**
 * What the parser, and then the connection manager, refuse. Source: Envoy `http1/codec_impl.cc`, `ConnectionManagerImpl::ActiveStream::decodeHeaders`.
 * @param sent as it came, of which `received` was made
 * @returns `null` for a request that is taken
 */
export function refusalOf(
  sent: HttpRequest,
  received: ReceivedRequest,
  normalization: PathNormalization,
  settings: HttpSettings = {},
): RequestRefusal | null {
  const unreadable = parserRefusal(sent)
  if (unreadable !== null) return byParser(unreadable)
  if (sent.protocol !== 'h2' && isOddlyEncoded(sent.headers)) return byParser('http1.invalid_transfer_encoding', notImplemented)
  if (sent.protocol !== 'h2' && settings.underscores === 'REJECT_REQUEST' && hasUnderscore(sent)) return byParser('http1.unexpected_underscore')
  const tooMuch = sizeRefusal(sent, received, settings)
  if (tooMuch !== null) return byParser(tooMuch, { status: 431, body: 'Request Header Fields Too Large' })
  if (received.isRefused) return byParser('http1.connection_header_rejected')
  if (sent.protocol !== 'h2' && !authority.test(sent.authority)) return byParser('http.invalid_authority')
  if (sent.protocol === 'http/1.0') return byParser('low_version', lowVersion)
  if (sent.withoutHost) return byManager('missing_host_header')
  if (sent.method === 'QUERY' && !sent.headers.has('content-type')) return byManager('query_missing_content_type')
  if (sent.method !== 'CONNECT' && !received.request.path.startsWith('/')) return noRelativePath
  return pathRefusal(received, normalization)
}

/** `*`, which stands for all of a server, is no path that a filter could look at. */
const noRelativePath: RequestRefusal = { reply: { status: 404, body: '' }, details: 'absolute_path_rejected', flag: null }

/** gRPC is not sent elsewhere. */
function pathRefusal({ request, slashes }: ReceivedRequest, normalization: PathNormalization): RequestRefusal | null {
  if (slashes === 'rejected' || (normalization !== 'NONE' && isRefusedPath(request.path))) return byManager(notNormalized)
  if (slashes === null) return null
  if (isGrpc(request)) return byManager(notNormalized)
  return { reply: { status: 307, body: '', headers: ['location', request.path] }, details: notNormalized, flag: null, keepsConnection: true }
}

const notNormalized = 'path_normalization_failed'

function byManager(details: string): RequestRefusal {
  return { reply: { status: 400, body: '' }, details, flag: null }
}

/** Source: Envoy `http1/codec_impl.cc`, `balsa_parser.cc`. */
function parserRefusal(request: HttpRequest): string | null {
  const { method, authority: host, path, headers, protocol } = request
  if (!isKnownMethod(method)) return 'http1.codec_error'
  if (protocol === 'h2') return null
  if (haveWrongName(headers)) return 'http1.codec_error'
  const wrongTarget = targetRefusal(request)
  if (wrongTarget !== null) return wrongTarget
  if (/\D/.test(headers.get('content-length') ?? '')) return 'http1.codec_error'
  if (hasControls(host) || hasControls(path) || haveWrongValue(headers)) return 'http1.invalid_characters'
  return null
}

const notImplemented: LocalReply = { status: 501, body: 'Not Implemented' }

/** Source: Envoy `http1/codec_impl.cc` ConnectionImpl::onHeadersCompleteImpl. */
function isOddlyEncoded(headers: Headers): boolean {
  return headers.has('transfer-encoding') && headers.all('transfer-encoding').join(',').toLowerCase() !== 'chunked'
}

/** Why a stream of HTTP/2 is ended before anything of it is known; `null`: it is not. Source: Envoy `http2/codec_impl.cc` saveHeader. */
export function whyBroken(sent: HttpRequest, { headerCount }: ReceivedRequest, settings: HttpSettings): string | null {
  if (sent.protocol !== 'h2') return null
  if (settings.underscores === 'REJECT_REQUEST' && hasUnderscore(sent)) return 'http2.unexpected_underscore'
  return hasTooMany(sent, headerCount, settings) ? 'http2.too_many_headers' : null
}

function hasUnderscore({ headers }: HttpRequest): boolean {
  return headers.fields.some((text, i) => i % 2 === 0 && text.includes('_'))
}

/** Source: Envoy `max_request_headers_kb`, where nothing is said of it; seen with 1.40.0, by byte. */
const usualKib = 60

function sizeRefusal(request: HttpRequest, { headerCount }: ReceivedRequest, settings: HttpSettings): string | null {
  const { mostHeaderKib: kib = usualKib } = settings
  const { method, path, authority: host, headers, protocol } = request
  if (protocol === 'h2') return null
  const { fields } = headers
  if (hasTooMany(request, headerCount, settings)) return 'http1.too_many_headers'
  const lines = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`.length
  const bytes = fields.reduce((sum, text) => sum + text.length + 2, lines)
  return bytes > kib * 1024 ? 'http1.headers_too_large' : null
}

/** Of what a client wants to go on with, where the proxy lets nothing of it pass. Source: Envoy `FilterManager::createFilterChain`. */
export const upgradeRefusal: RequestRefusal = { reply: { status: 403, body: '' }, details: 'upgrade_failed', flag: null }

/** Characters of hosts, ports and users. Source: Envoy `header_utility.cc` requestHeadersValid, RFC 3986 section 3.2. */
const authority = /^[\w!$%&'()*+,\-.:;=@[\]~]*$/

function byParser(details: string, reply: LocalReply = { status: 400, body: 'Bad Request' }): RequestRefusal {
  return { reply, details, flag: 'DPE' }
}

/** The connection is closed behind most. Of what the parser refuses nobody knows that it is gRPC: no headers were read. */
export function answerOf({ reply, flag, keepsConnection }: RequestRefusal, request: HttpRequest, rewrite?: Rewrite): HttpResponse {
  const response = composeLocalReply(reply, flag === null ? request : { ...request, headers: new Headers() }, () => {}, rewrite)
  if (!keepsConnection) response.headers.set('connection', 'close')
  return response
}

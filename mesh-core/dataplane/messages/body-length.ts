import type { Headers, HttpRequest, HttpResponse } from '../../ir/message.ts'
import { isBytes } from '../../ir/message.ts'

/** What a server of HTTP/1.1 that has its body whole says of it: in bytes. Of the body that a HEAD does not get this one says nothing better than 0, unless it is told. */
export function tellAnswerLength({ headers, body, status, messages }: HttpResponse, { protocol, method }: HttpRequest): void {
  if (protocol === 'h2' || isBytes(protocol) || messages || status < 200 || isBodiless(status)) return
  headers.set('content-length', method === 'HEAD' ? (headers.get('content-length') ?? '0') : String(Buffer.byteLength(body)))
}

/** As HTTP/1.1 clients do of a body that they have whole: rules may look at it. */
export function tellRequestLength(headers: Headers, body: string): void {
  if (body !== '' && !hasLength(headers)) headers.append('content-length', String(Buffer.byteLength(body)))
}

/**
 * An answer that ends with its headers, and tells no length, goes over HTTP/1.1 with a length of 0: one that comes without is taken to go on until its connection ends.
 * Source: Envoy `http1/codec_impl.cc` StreamEncoderImpl::encodeHeadersBase.
 */
export function tellEmptyAnswer({ headers, body, status, messages, converse, trailers }: HttpResponse, { method }: HttpRequest): void {
  if (body !== '' || messages || converse || trailers || status < 200 || isBodiless(status)) return
  if (method !== 'HEAD' && method !== 'CONNECT' && !hasLength(headers)) headers.append('content-length', '0')
}

/** The same of a request, but for methods whose requests have no body as a rule. */
export function tellEmptyRequest({ headers, body, method, protocol, messages }: HttpRequest): void {
  if (body !== '' || messages || protocol !== undefined || bodilessMethods.has(method)) return
  if (!hasLength(headers) && !headers.has('upgrade')) headers.append('content-length', '0')
}

const bodilessMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT'])

function hasLength(headers: Headers): boolean {
  return headers.has('content-length') || headers.has('transfer-encoding')
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304
}

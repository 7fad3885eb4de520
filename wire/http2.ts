import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2'
import { checkPath } from '../mesh-core/ir/authorization-check.ts'
import { Headers, joinCookies } from '../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { mayHaveBody } from './http1.ts'
import { framed, unframed } from './grpc-frames.ts'
import { uncompressed } from './content-encoding.ts'
import { decoded } from './text.ts'

/** They belong to a connection of HTTP/1.1, and make a message of HTTP/2 malformed. Source: RFC 9113, 8.2.2. */
const ofConnection = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** Pseudo header fields, and what node adds to tell them apart. */
type Pseudo = IncomingHttpHeaders & IncomingHttpStatusHeader

/** @param raw names and values, as they came */
export function requestOfStream(pseudo: Pseudo, raw: readonly string[], body: Buffer): HttpRequest {
  // A question to an authorizer has one field, as a text has.
  const content = contentOf(raw, body, pseudo[':path'] === checkPath)
  joinCookies(content.headers)
  return {
    method: text(pseudo[':method']),
    scheme: pseudo[':scheme'] === 'https' ? 'https' : 'http',
    authority: text(pseudo[':authority'] ?? pseudo.host),
    // That of a CONNECT is what HTTP/1.1 has in the place of one.
    path: text(pseudo[':path'] ?? pseudo[':authority']),
    protocol: 'h2',
    ...content,
  }
}

/** @param trailers as they came; empty for none */
export function responseOfStream(pseudo: Pseudo, raw: readonly string[], body: Buffer, trailers: readonly string[]): HttpResponse {
  const response = { status: Number(pseudo[':status']), ...contentOf(raw, uncompressed(body, encodingIn(raw))) }
  return trailers.length > 0 ? { ...response, trailers: headersOfStream(trailers) } : response
}

/** Of gRPC the messages are taken out of their frames. */
function encodingIn(raw: readonly string[]): string | undefined {
  const at = raw.indexOf('content-encoding')
  return at < 0 ? undefined : raw[at + 1]
}

function contentOf(raw: readonly string[], body: Buffer, asBytes = false): Pick<HttpRequest, 'headers' | 'body' | 'messages'> {
  const headers = headersOfStream(raw)
  const messages = body.length > 0 && isGrpc(headers) ? unframed(body, asBytes) : null
  return messages ? { headers, body: '', messages } : { headers, body: decoded(body) }
}

export function bytesOfContent({ headers, body, messages }: Pick<HttpRequest, 'headers' | 'body' | 'messages'>): Buffer {
  return messages && isGrpc(headers) ? framed(messages) : Buffer.from(body)
}

function isGrpc(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('application/grpc') ?? false
}

export function fieldsOfRequest({ method, scheme, authority, path, headers, body }: HttpRequest): OutgoingHttpHeaders {
  const fields = fieldsOf(headers)
  if (body !== '') fields['content-length'] ??= String(Buffer.byteLength(body))
  return { ':method': method, ':scheme': scheme, ':authority': authority, ':path': path, ...fields }
}

export function fieldsOfResponse({ status, headers, body, messages }: HttpResponse): OutgoingHttpHeaders {
  const fields = fieldsOf(headers)
  if (mayHaveBody(status) && !messages && !isGrpc(headers)) fields['content-length'] = String(Buffer.byteLength(body))
  return { ':status': status, ...fields }
}

function headersOfStream(raw: readonly string[]): Headers {
  const own: string[] = []
  for (let i = 0; i < raw.length; i += 2) if (!raw[i]!.startsWith(':') && !ofConnection.has(raw[i]!)) own.push(raw[i]!, raw[i + 1]!)
  return new Headers(own)
}

export function fieldsOf(headers: Headers): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = {}
  for (const [name, value] of headers.entries()) {
    if (ofConnection.has(name)) continue
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return fields
}

function text(value: string | string[] | undefined): string {
  return String(value ?? '')
}

import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from 'node:http2'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../../mesh-core/ir/message.ts'
import { mayHaveBody } from './http1.ts'
import { decoded } from './text.ts'

/** They belong to a connection of HTTP/1.1, and make a message of HTTP/2 malformed. Source: RFC 9113, 8.2.2. */
const ofConnection = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** Pseudo header fields, and what node adds to tell them apart. */
type Pseudo = IncomingHttpHeaders & IncomingHttpStatusHeader

/** @param raw names and values, as they came */
export function requestOfStream(pseudo: Pseudo, raw: readonly string[], body: Buffer): HttpRequest {
  return {
    method: text(pseudo[':method']),
    scheme: pseudo[':scheme'] === 'https' ? 'https' : 'http',
    authority: text(pseudo[':authority'] ?? pseudo.host),
    path: text(pseudo[':path']),
    headers: headersOfStream(raw),
    body: decoded(body),
    protocol: 'h2',
  }
}

export function responseOfStream(pseudo: Pseudo, raw: readonly string[], body: Buffer): HttpResponse {
  return { status: Number(pseudo[':status']), headers: headersOfStream(raw), body: decoded(body) }
}

export function fieldsOfRequest({ method, scheme, authority, path, headers, body }: HttpRequest): OutgoingHttpHeaders {
  const fields = fieldsOf(headers)
  if (body !== '') fields['content-length'] ??= String(Buffer.byteLength(body))
  return { ':method': method, ':scheme': scheme, ':authority': authority, ':path': path, ...fields }
}

export function fieldsOfResponse({ status, headers, body }: HttpResponse): OutgoingHttpHeaders {
  const fields = fieldsOf(headers)
  if (mayHaveBody(status)) fields['content-length'] = String(Buffer.byteLength(body))
  return { ':status': status, ...fields }
}

export function headersOfStream(raw: readonly string[]): Headers {
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

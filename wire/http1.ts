import { STATUS_CODES } from 'node:http'
import { Headers } from '../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../mesh-core/ir/message.ts'
import { fieldIn, framingBy, NotHttp } from './message-reader.ts'
import type { Framing, Head, Message } from './message-reader.ts'
import { uncompressed } from './content-encoding.ts'
import { decoded } from './text.ts'

/** They belong to one connection; `host` is the authority. */
const ofConnection = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** What of it is not read: a proxy says `keep-alive` where a rule has it say so alone. */
const unread = new Set([...ofConnection].filter((name) => name !== 'keep-alive'))

const empty: Framing = { kind: 'length', length: 0 }

export function framingOfRequest(head: Head): Framing {
  return framingBy(head, empty)
}

/** @param method of the request that is answered */
export function framingOfResponse(head: Head, method: string): Framing {
  const status = statusIn(head)
  return method === 'HEAD' || !mayHaveBody(status) ? empty : framingBy(head, { kind: 'close' })
}

export function requestOf(message: Message, scheme: HttpRequest['scheme']): HttpRequest {
  const [, method, path, minor] = /^(\S+) (.*) HTTP\/1\.([01])$/.exec(message.start) ?? []
  if (method === undefined) throw new NotHttp(`no request line: ${message.start}`)
  const authority = fieldIn(message, 'host') ?? ''
  const request: HttpRequest = { method, scheme, authority, path: path!, headers: headersOf(message), body: decoded(message.body) }
  return minor === '0' ? { ...request, protocol: 'http/1.0' } : request
}

export function responseOf(message: Message): HttpResponse {
  const headers = headersOf(message)
  // Of the headers of a connection this one says something: the proxy would take no other request on it.
  if (closes(message)) headers.append('connection', 'close')
  return { status: statusIn(message), headers, body: decoded(uncompressed(message.body, headers.get('content-encoding'))) }
}

export function closes(head: Head): boolean {
  return (fieldIn(head, 'connection') ?? '').toLowerCase() === 'close'
}

export function statusIn({ start }: Head): number {
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(start) ?? []
  if (status === undefined) throw new NotHttp(`no status line: ${start}`)
  return Number(status)
}

/** With no header but those given, the Host and the length. */
export function bytesOfRequest({ method, path, authority, headers, body, protocol }: HttpRequest): Buffer {
  const length = body !== '' && !headers.has('content-length') ? lengthOf(body) : []
  const version = protocol === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1'
  return bytesOf(`${method} ${path} ${version}`, ['host', authority, ...headers.fields, ...length], body)
}

/** @param method of the request that is answered */
export function bytesOfResponse({ status, headers, body }: HttpResponse, method: string): Buffer {
  const fields = fieldsOfResponse(headers)
  const start = statusLine(status)
  if (!mayHaveBody(status)) return bytesOf(start, fields, '')
  if (method === 'HEAD') return bytesOf(start, [...fields, 'content-length', headers.get('content-length') ?? '0'], '')
  return bytesOf(start, [...fields, ...lengthOf(body)], body)
}

/** Without a body, and without a word of one. */
export function headOfResponse(status: number, headers: Headers): Buffer {
  return bytesOf(statusLine(status), fieldsOfResponse(headers), '')
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`
}

function fieldsOfResponse(headers: Headers): string[] {
  const fields: string[] = []
  for (const [name, value] of headers.entries()) if (!ofConnection.has(name) && name !== 'content-length') fields.push(name, value)
  return fields
}

function lengthOf(body: string): [string, string] {
  return ['content-length', String(Buffer.byteLength(body))]
}

function bytesOf(start: string, fields: readonly string[], body: string): Buffer {
  let text = `${start}\r\n`
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`
  return Buffer.from(`${text}\r\n${body}`)
}

/** As they came: in their order, repeated ones apart. */
function headersOf({ fields }: Head): Headers {
  return headersOfFields(fields, opensWebSocket(fields))
}

/** @param isUpgrade both ends of a WebSocket say so in headers that are the connection's own otherwise */
export function headersOfFields(fields: readonly string[], isUpgrade: boolean): Headers {
  const own: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!.toLowerCase()
    if (!unread.has(name) || (isUpgrade && ofUpgrade.has(name))) own.push(name, fields[i + 1]!)
  }
  return new Headers(own)
}

const ofUpgrade = new Set(['connection', 'upgrade'])

function opensWebSocket(fields: readonly string[]): boolean {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === 'upgrade' && fields[i + 1]!.toLowerCase() === 'websocket') return true
  return false
}

export function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}

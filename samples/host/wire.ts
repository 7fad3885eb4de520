import type { IncomingMessage, ServerResponse } from 'node:http'
import { Headers } from '../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'

/** They belong to one connection; `host` is the authority. */
const notForwarded = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/** Takes the header fields as they came: in their order, repeated ones apart. */
export function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers()
  const { rawHeaders } = message
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (!notForwarded.has(rawHeaders[i]!.toLowerCase())) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return headers
}

export async function readRequest(message: IncomingMessage): Promise<HttpRequest> {
  const body = await readBody(message)
  const authority = message.headers.host ?? ''
  return { method: message.method ?? 'GET', scheme: 'http', authority, path: message.url ?? '/', headers: headersOf(message), body }
}

export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

export function writeResponse(out: ServerResponse, response: HttpResponse): void {
  const fields: string[] = []
  for (const [name, value] of response.headers.entries()) if (!notForwarded.has(name) && name !== 'content-length') fields.push(name, value)
  const body = Buffer.from(response.body)
  if (mayHaveBody(response.status)) fields.push('content-length', String(body.length))
  out.writeHead(response.status, fields)
  out.end(mayHaveBody(response.status) ? body : undefined)
}

function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}

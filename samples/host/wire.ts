import type { IncomingMessage } from 'node:http'
import { Headers } from '../../mesh-core/ir/message.ts'

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

export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

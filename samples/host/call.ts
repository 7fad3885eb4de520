import { request as requestHttp } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { CallError } from '../../mesh-core/ir/program.ts'
import { headersOf, readBody } from './wire.ts'

/**
 * One request over a connection of its own.
 * @param options `timeoutMs` bounds the silence on the socket: while it connects, while it waits, and between two pieces of the answer
 * @throws CallError
 */
export async function callOverHttp(request: HttpRequest, options: { readonly timeoutMs: number }): Promise<HttpResponse> {
  try {
    const message = await send(request, options.timeoutMs)
    return { status: message.statusCode ?? 0, headers: headersOf(message), body: await readBody(message) }
  } catch (error) {
    throw error instanceof CallError ? error : new CallError(reasonOf(error))
  }
}

function send(request: HttpRequest, timeoutMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = request.scheme === 'https' ? requestHttps : requestHttp
    const sent = start(optionsOf(request, timeoutMs), (message) => {
      // The same silence after the head of the answer makes the reading of its body fail.
      sent.on('timeout', () => message.destroy(new CallError('timeout')))
      resolve(message)
    })
    sent.on('timeout', () => sent.destroy(new CallError('timeout')))
    sent.on('error', reject)
    sent.end(request.body)
  })
}

function optionsOf(request: HttpRequest, timeoutMs: number): RequestOptions {
  const { hostname, port } = new URL(`${request.scheme}://${request.authority}`)
  const headers = ['host', request.authority, ...request.headers.fields]
  if (request.body !== '' && !request.headers.has('content-length')) headers.push('content-length', String(Buffer.byteLength(request.body)))
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host, port: port || undefined, method: request.method, path: request.path, headers, agent: false, timeout: timeoutMs }
}

function reasonOf(error: unknown): CallError['reason'] {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unresolved'
    case 'ETIMEDOUT':
      return 'timeout'
    default:
      return 'closed'
  }
}

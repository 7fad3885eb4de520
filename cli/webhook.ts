import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { exitCodes } from './output/exit-codes.ts'
import { listenProblem, portNumber } from './options/ports.ts'
import { printProblem } from './output/problem.ts'
import { settingError } from './options/setting-error.ts'
import { review } from './webhook/review.ts'

export interface WebhookOptions {
  readonly cert: string
  readonly key: string
  readonly port: string
  readonly host: string
}

/** An API server sends 3 MB at most. */
const longestBody = 4 * 1024 * 1024

/**
 * Answers an API server as `meshspec validate` would, until it is interrupted.
 * @returns the exit code
 * @throws MeshSpecError for a certificate that cannot be used
 */
export async function webhook(options: WebhookOptions): Promise<number> {
  const server = await listen(options)
  process.stdout.write(`POST https://${options.host}:${(server.address() as AddressInfo).port}/validate\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return exitCodes.held
}

/** @throws MeshSpecError */
export async function listen({ cert, key, port, host }: WebhookOptions, judge: typeof review = review): Promise<Server> {
  const number = portNumber('--port', port)
  const server = serverWith(cert, key, (request, response) => {
    serve(request, response, judge).catch((error: unknown) => giveUp(response, error))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, host) ?? error))
    server.listen(number, host, resolve)
  })
  return server
}

function serverWith(cert: string, key: string, answer: RequestListener): Server {
  try {
    return createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer)
  } catch (error) {
    throw settingError(
      `--cert ${cert} and --key ${key} cannot be used: ${(error as Error).message}`,
      'name files with a certificate and its key, as PEM',
    )
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, judge: typeof review): Promise<void> {
  if (request.url === '/healthz') return void response.end('ok\n')
  if (request.method !== 'POST') return void response.writeHead(405).end('POST an AdmissionReview\n')
  const body = await bodyOf(request)
  const answer = body === null ? null : await judge(body)
  if (answer === null) return void response.writeHead(400).end('this is no AdmissionReview of admission.k8s.io/v1\n')
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

/** Whoever asks goes by `failurePolicy` then, and the next one is answered as ever. */
function giveUp(response: ServerResponse, error: unknown): void {
  printProblem(error)
  if (!response.headersSent) response.writeHead(500)
  response.end('the review failed\n')
}

/** `null` for one that is too long, or breaks off. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length
      if (length > longestBody) return null
      parts.push(part)
    }
  } catch {
    return null
  }
  return Buffer.concat(parts).toString('utf8')
}

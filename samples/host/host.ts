import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpRequest, HttpResponse } from '../../mesh-core/ir/message.ts'
import { CallError } from '../../mesh-core/ir/program.ts'
import type { PodInfo, Program, ServiceContext } from '../../mesh-core/ir/program.ts'
import { callOverHttp } from './call.ts'
import { readRequest, writeResponse } from './wire.ts'

export interface HostOptions {
  /** 0 takes a free one. Default 0. */
  readonly port?: number
  /** Default: every address of the machine, IPv4 and IPv6, as a pod listens. */
  readonly address?: string
  /** How the program's calls are sent. Default: over HTTP to where the authority resolves. */
  readonly call?: ServiceContext['call']
}

/** A program that is served on a real port. */
export interface Host {
  readonly port: number
  /** Ends open connections, too. */
  close(): Promise<void>
}

/**
 * Serves the program on a real port, with the wall clock and real calls.
 * @throws the error of `listen`, e.g. `EADDRINUSE`
 */
export async function hostProgram(program: Program, pod: PodInfo, options: HostOptions = {}): Promise<Host> {
  const context: ServiceContext = {
    now: Date.now,
    sleep: async (ms) => void (await sleep(ms)),
    random: Math.random,
    pod,
    call: options.call ?? callOverHttp,
  }
  return hostHandler(async (request) => program(request, context), options)
}

/** Serves what answers requests. A `CallError` closes the connection without an answer. */
export async function hostHandler(
  handler: (request: HttpRequest) => Promise<HttpResponse>,
  options: Pick<HostOptions, 'port' | 'address'> = {},
): Promise<Host> {
  const server = createServer((message, out) => void answer(handler, message, out))
  await listen(server, options.port ?? 0, options.address)
  const { port } = server.address() as AddressInfo
  return { port, close: () => close(server) }
}

async function answer(handler: (request: HttpRequest) => Promise<HttpResponse>, message: IncomingMessage, out: ServerResponse): Promise<void> {
  try {
    writeResponse(out, await handler(await readRequest(message)))
  } catch (error) {
    if (error instanceof CallError || out.headersSent) return void message.socket.destroy()
    writeServerError(out, error)
  }
}

/** A fault of the program, or an answer that HTTP cannot carry. */
function writeServerError(out: ServerResponse, error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  out.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
  out.end('the program failed')
}

async function listen(server: Server, port: number, address: string | undefined): Promise<void> {
  try {
    await listenOnce(server, port, address ?? '::')
  } catch (error) {
    if (address !== undefined || !isWithoutIpv6(error)) throw error
    await listenOnce(server, port, '0.0.0.0')
  }
}

function listenOnce(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function isWithoutIpv6(error: unknown): boolean {
  return ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes((error as NodeJS.ErrnoException).code ?? '')
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connect } from 'node:net'
import { Test } from 'supertest'
import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Exchange, TransportError } from '../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../mesh-core/ir/message.ts'
import type { HttpRequest, HttpResponse } from '../../../mesh-core/ir/message.ts'
import type { ClientTls } from '../../../mesh-core/ir/tls.ts'
import { uncompressed } from '../../../wire/content-encoding.ts'
import { decoded } from '../../../wire/text.ts'
import { NotSupported } from '../target.ts'
import type { Call } from '../target.ts'
import { AnswerTime } from './answer-time.ts'
import { tlsOptions, wireTls } from './tls-options.ts'
import { sendOverWire } from './wire-calls.ts'

/** A request and what came of it, as the client sees it. */
export type Answered = Pick<Exchange, 'request' | 'response' | 'error' | 'durationMs'>

/** ms. No answer of a mesh takes longer; one that does counts as none. */
const longestMs = 120_000
/** ms. A connection takes milliseconds, or several tries of a lossy network. */
const probeMs = 10_000

export interface GatewayClientOptions {
  /** Certificates are not verified. Default false. */
  readonly insecure?: boolean
  /** How TLS begins; the client of a single call. Default: as Node does by itself. */
  readonly tls?: ClientTls
  /** The gateway is known to be there: one that refuses a connection has nobody listen on the port, which is an outcome. Default false. */
  readonly mayRefuse?: boolean
  /** ms until no answer counts as none. Default 120 s. */
  readonly patienceMs?: number
  /** Whose certificate is wanted. Default: the one of the URL's host. */
  readonly serverName?: string
}

/** Sends requests to a live gateway, each over a connection of its own. */
export class GatewayClient {
  readonly #origin: string
  readonly #agent: HttpAgent
  /** For what supertest does not speak. */
  readonly #wire: Parameters<typeof sendOverWire>[0]
  readonly #knowsTls: boolean
  readonly #mayRefuse: boolean
  readonly #patienceMs: number

  /** @param gateway its URL; what is behind the port is not looked at */
  constructor(gateway: string, { insecure = false, tls, serverName, mayRefuse = false, patienceMs = longestMs }: GatewayClientOptions = {}) {
    this.#patienceMs = patienceMs
    const { origin, hostname, port, protocol } = new URL(gateway)
    this.#origin = origin
    this.#knowsTls = tls !== undefined
    this.#mayRefuse = mayRefuse
    const isSecure = protocol === 'https:'
    const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isSecure ? 443 : 80), noDelay: true }
    this.#wire = { connect: () => connect(address), tls: isSecure ? wireTls(tls, serverName ?? hostname, insecure, []) : null }
    const secured =
      serverName === undefined && tls === undefined ? { rejectUnauthorized: !insecure } : tlsOptions(tls, serverName ?? hostname, insecure)
    this.#agent = isSecure ? new HttpsAgent({ keepAlive: false, ...secured }) : new HttpAgent({ keepAlive: false })
  }

  /** Looks whether anybody listens, before a run. @throws MeshSpecError TARGET_UNREACHABLE */
  async probe(): Promise<void> {
    const { hostname, port, protocol } = new URL(this.#origin)
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(probeMs) })
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException
      throw this.#unreachable(name === 'AbortError' ? 'ETIMEDOUT' : (code ?? name))
    } finally {
      socket.destroy()
    }
  }

  /** @throws MeshSpecError TARGET_UNREACHABLE when nobody listens there */
  async send(call: Call): Promise<Answered> {
    const request = this.#requestOf(call)
    const time = new AnswerTime()
    const wire = { ...this.#wire, connect: () => time.of(this.#wire.connect()) }
    const end = await (request.protocol || request.messages ? sendOverWire(wire, request) : this.#exchange(request, time))
    const durationMs = time.ms
    return typeof end === 'string' ? { request, response: null, error: end, durationMs } : { request, response: end, error: null, durationMs }
  }

  async #exchange(request: HttpRequest, time: AnswerTime): Promise<HttpResponse | TransportError> {
    try {
      return responseOf(await this.#testOf(request, time))
    } catch (error) {
      return this.#transportError(error)
    }
  }

  /** A URL names a host for the Host header; what is dialled is always the gateway. */
  #requestOf({ method, target, headers, body, tls, protocol, messages }: Call): HttpRequest {
    if (/^(tcp|udp):/.test(target)) throw new NotSupported('gateway-calls', 'the client of the gateway speaks HTTP alone')
    if (tls?.certificate && !this.#knowsTls) throw new NotSupported('gateway-calls', 'the client of the gateway shows no certificate')
    const scheme = this.#origin.startsWith('https:') ? 'https' : 'http'
    const given = Headers.of(headers)
    if (!given.has('x-request-id')) given.append('x-request-id', randomUUID())
    const named = /^(https?):\/\/([^/?#]*)([^#]*)/.exec(target)
    if (named && named[1] !== scheme) throw new NotSupported('gateway-calls', `the gateway is at ${this.#origin}, which does not speak ${named[1]}`)
    const authority = given.get('host') ?? named?.[2] ?? new URL(this.#origin).host
    given.remove('host')
    const request = { method, scheme, authority, path: pathOf(named?.[3] ?? target), headers: given, body } as const
    return { ...request, ...(protocol && { protocol }), ...(messages && { messages }) }
  }

  #testOf({ method, authority, path, headers, body }: HttpRequest, time: AnswerTime): Test {
    const test = new Test(this.#origin, method, path).agent(this.#agent).ok(() => true)
    // What the application receives is to be what the scenario says, nothing of the client's own.
    test.unset('accept-encoding')
    test.set('host', authority)
    for (const name of new Set([...headers.entries()].map(([name]) => name))) test.set(name, severalOrOne(headers.all(name)))
    if (body !== '') {
      if (!headers.has('content-length')) test.set('content-length', String(Buffer.byteLength(body)))
      test.write(body)
    }
    // It fails where an answer only says that it is compressed, which is an answer all the same.
    Object.assign(test, { _shouldDecompress: () => false })
    requestOf(test).once('socket', (socket) => time.of(socket))
    return test.buffer(true).parse(readText(time)).timeout({ deadline: this.#patienceMs })
  }

  #transportError(error: unknown): TransportError {
    const { code, message } = error as NodeJS.ErrnoException
    // supertest leaves the code of some errors in the message alone.
    const reason = code ?? /^E[A-Z]+/.exec(message)?.[0] ?? message
    if (this.#mayRefuse && reason === 'ECONNREFUSED') return 'refused'
    if (unreachable.has(reason)) throw this.#unreachable(reason)
    if (reason === 'ECONNABORTED') return 'timeout'
    return /CERT|TLS|SSL|EPROTO/.test(reason) ? `tls: ${reason}` : 'closed'
  }

  #unreachable(reason: string): MeshSpecError {
    return new MeshSpecError({
      code: 'TARGET_UNREACHABLE',
      origin: null,
      place: null,
      problem: `nobody answers at the gateway ${this.#origin} (${reason})`,
      hint: 'is it running, and reachable from here? --gateway names its URL, for example http://127.0.0.1:8080',
    })
  }
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])

function pathOf(target: string): string {
  return target.startsWith('/') ? target : `/${target}`
}

/** supertest hands the value on to Node, which takes a list for a header that is sent several times. */
function severalOrOne(values: string[]): string {
  return (values.length === 1 ? values[0] : values) as string
}

type Reader = (response: unknown, done: (error: Error | null, body: string) => void) => void

function readText(time: AnswerTime): Reader {
  return (response, done) => {
    const chunks: Buffer[] = []
    const message = response as IncomingMessage
    message.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)))
    message.on('end', () => {
      time.end()
      done(null, decoded(uncompressed(Buffer.concat(chunks), message.headers['content-encoding'])))
    })
    message.on('error', (error) => done(error, ''))
  }
}

/** Node's, with the headers that are set by then. */
function requestOf(test: Test): ClientRequest {
  return (test as unknown as { request(): ClientRequest }).request()
}

function responseOf(response: Awaited<Test>): HttpResponse {
  const { rawHeaders } = (response as unknown as { readonly res: IncomingMessage }).res
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return { status: response.status, headers, body: typeof response.body === 'string' ? response.body : '' }
}

import { randomUUID } from 'node:crypto'
import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import type { TransportError } from '../../../../mesh-core/ir/exchange.ts'
import { bytesOf, Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../../mesh-core/ir/message.ts'
import type { Call } from '../../target.ts'
import { NotSupported } from '../../target.ts'
import { markHeader } from '../../../../samples/pod/recorded.ts'
import { uncompressed } from '../../../../wire/content-encoding.ts'
import { decoded } from '../../../../wire/text.ts'
import type { Answered } from '../gateway-client.ts'
import type { ClusterRun } from '../run/cluster-run.ts'
import type { PodAgent, PodAnswer, PodCall } from './agent.ts'
import type { PodConnection } from './pod-connection.ts'
import type { Pod } from './pod.ts'
import { tlsOptions, wireTls } from '../tls-options.ts'
import { sendOverWire } from '../wire-calls.ts'

/** ms. No answer of a mesh takes longer; one that does counts as none. */
const patienceMs = 120_000

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

const httpLine = /^[A-Z]+ \S+ HTTP\/1\.[01]/

/** What is known of a scenario's requests, and of the names that they ask for, as the cluster writes them. */
export interface Known {
  /** Gateways on the way may give a request another id than its sender: it gets a mark besides. */
  readonly isMarked: () => boolean
  /** Whether the scenario's config says itself which addresses a name has, or makes it be one. */
  readonly isServed: (authority: string) => boolean
  /** Whether it is the cluster's DNS alone that could know the name: that it does not is an answer. */
  readonly isOfCluster: (authority: string) => boolean
  /** Where the scenario's config says that a name is. */
  readonly addressOf: (authority: string) => string | null
  /** Is told names outside that DNS does not know. */
  readonly found: (unknown: string) => void
}

/** Sends what a scenario's services are to send: from inside their pods, through their sidecars. */
export class CallsFromPods {
  readonly #run: ClusterRun
  readonly #known: Known

  constructor(run: ClusterRun, known: Known) {
    this.#run = run
    this.#known = known
  }

  /**
   * @param authorities PEM: further ones that the call's client trusts, where it is not told whom
   * @returns what sends the call once
   * @throws MeshSpecError INVALID_REQUEST, CLUSTER_FAILED; NotSupported
   */
  async sending(sender: Pod, call: Call, authorities: readonly string[]): Promise<() => Promise<Answered>> {
    const agent = await this.#run.agents.of(sender)
    const url = this.#urlOf(call.target, call.body)
    const host = this.#run.namespaces.host(url.hostname)
    const way = { agent, url, dialled: this.#known.addressOf(host) ?? host.replace(/^\[|\]$/g, ''), elsewhere: sender.sidecar }
    const isPlain = url.protocol !== 'tcp:' && !call.protocol && !call.messages
    return async () => (isPlain ? this.#send(way, call, authorities) : this.#sendOverWire(way, call, authorities))
  }

  async #send({ agent, url, dialled, elsewhere }: Way, call: Call, authorities: readonly string[]): Promise<Answered> {
    const request = this.#requestOf(call, url)
    const answer = await agent.call({
      ...podCall(request, url, dialled),
      elsewhere,
      ...(url.protocol === 'https:' && { tls: { ...tlsOptions(call.tls, url.hostname, this.#run.settings.insecure), authorities } }),
    })
    const status = answer.error === undefined ? (answer.status ?? null) : null
    if (this.#isNobody(request, answer.unresolved ?? false, status)) return nobodyFor(request, answer.ms)
    return answeredOf(request, answer)
  }

  /** What the agent does not speak itself, this process speaks over a connection that the agent has begun. */
  async #sendOverWire({ agent, url, dialled, elsewhere }: Way, call: Call, authorities: readonly string[]): Promise<Answered> {
    const request = this.#requestOf(call, url)
    const where = { host: dialled, port: portOf(url), elsewhere: elsewhere && url.protocol !== 'tcp:' }
    let connection: PodConnection | null = null
    const connect = () => (connection = agent.open(where)).socket
    const tls = url.protocol === 'https:' ? wireTls(call.tls, url.hostname, this.#run.settings.insecure, authorities) : null
    const start = performance.now()
    const end = await sendOverWire({ connect, tls }, request)
    const begun = connection as PodConnection | null
    const durationMs = begun?.answeredMs ?? performance.now() - start
    const status = typeof end === 'string' ? null : end.status
    if (this.#isNobody(request, begun?.unresolved ?? false, status)) return nobodyFor(request, durationMs)
    return typeof end === 'string' ? { request, response: null, error: end, durationMs } : { request, response: end, error: null, durationMs }
  }

  /**
   * Is the name nobody's in the cluster, so that its application would not have got a request away?
   * @param status `null`: there was no answer
   * @throws NotSupported where the name could not be dialled, and no rule of the mesh has answered for it
   */
  #isNobody({ authority }: HttpRequest, unresolved: boolean, status: number | null): boolean {
    if (!unresolved || !(status === null || status === 502 || status === 503) || this.#known.isServed(authority)) return false
    if (this.#known.isOfCluster(authority)) return true
    this.#known.found(authority)
    throw unknownName(authority)
  }

  #requestOf(call: Call, url: URL): HttpRequest {
    const request = requestOf(call, url, (host) => this.#run.namespaces.host(host))
    if (this.#known.isMarked() && request.protocol !== 'tcp') request.headers.append(markHeader, randomUUID())
    return request
  }

  #urlOf(target: string, body: string): URL {
    if (target.startsWith('tcp:') && httpLine.test(body) && !this.#run.settings.deploy)
      throw new NotSupported('in-mesh-calls', 'pods that are not of the run may take bytes that begin as HTTP does for HTTP, and wait for its end')
    if (target.startsWith('udp:')) throw new NotSupported('in-mesh-calls', 'pods are not made to send datagrams')
    if (/^(https?|tcp):\/\//.test(target) && URL.canParse(target)) return new URL(target)
    const hint = 'a service needs a whole URL, such as "GET http://ratings:9080/ratings/0"'
    throw new MeshSpecError({ code: 'INVALID_REQUEST', origin: null, place: null, problem: `${JSON.stringify(target)} is no URL`, hint })
  }
}

function nobodyFor(request: HttpRequest, durationMs: number): Answered {
  return { request, response: null, error: 'unresolved', durationMs }
}

/** @param authority of a request that has found nobody of that name */
export function unknownName(authority: string): NotSupported {
  return new NotSupported('in-mesh-calls', `no DNS here knows the name ${authority}, so that a request for it leads nowhere`)
}

/** How a sender comes to whom it calls. */
interface Way {
  readonly agent: PodAgent
  readonly url: URL
  /** May be another name than the one that the Host header says. */
  readonly dialled: string
  readonly elsewhere: boolean
}

function portOf(url: URL): number {
  return Number(url.port) || (defaultPorts[url.protocol] ?? 80)
}

function requestOf({ method, target, headers, body, protocol, messages }: Call, url: URL, real: (host: string) => string): HttpRequest {
  const given = Headers.of(headers)
  if (url.protocol === 'tcp:') return bytesOf('tcp', real(url.host), body)
  if (!given.has('x-request-id')) given.append('x-request-id', randomUUID())
  const [, authority = '', path = ''] = /^https?:\/\/([^/?#]*)([^#]*)/.exec(target) ?? []
  const host = real(given.get('host') ?? authority)
  given.remove('host')
  return {
    method,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    authority: host,
    path: path.startsWith('/') ? path : `/${path}`,
    headers: given,
    body,
    ...(protocol && { protocol }),
    ...(messages && { messages }),
  }
}

/** Of other methods Node sends what is not told as chunks, even if there are none. Source: Node `_http_client.js` useChunkedEncodingByDefault. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

export function podCall({ method, authority, path, headers, body, scheme }: HttpRequest, url: URL, dialled: string): Omit<PodCall, 'elsewhere'> {
  const tells = !headers.has('content-length') && (body !== '' || !withoutBody.has(method))
  const length = tells ? ['content-length', String(Buffer.byteLength(body))] : []
  return {
    host: dialled,
    port: portOf(url),
    secure: scheme === 'https',
    method,
    path,
    headers: ['host', authority, ...headers.fields, ...length],
    body,
    timeoutMs: patienceMs,
  }
}

export function answeredOf(request: HttpRequest, { status, headers, body, bytes, error, ms }: PodAnswer): Answered {
  if (error !== undefined || status === undefined) return { request, response: null, error: transportError(error ?? 'closed'), durationMs: ms }
  const told = headersOf(headers ?? [])
  const shown = bytes === undefined ? (body ?? '') : decoded(uncompressed(Buffer.from(bytes, 'base64'), told.get('content-encoding')))
  return { request, response: { status, headers: told, body: shown }, error: null, durationMs: ms }
}

function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let i = 0; i < raw.length; i += 2) headers.append(raw[i]!, raw[i + 1]!)
  return headers
}

function transportError(code: string): TransportError {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused'
    case 'ETIMEDOUT':
      return 'timeout'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unresolved'
    default:
      return /CERT|TLS|SSL|EPROTO|ALERT/.test(code) ? `tls: ${code}` : 'closed'
  }
}

import { randomUUID } from 'node:crypto'
import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import type { TransportError } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../../mesh-core/ir/message.ts'
import type { Call } from '../../target.ts'
import { NotSupported } from '../../target.ts'
import type { Answered } from '../gateway-client.ts'
import type { ClusterRun } from '../run/cluster-run.ts'
import type { PodAgent, PodAnswer, PodCall } from './agent.ts'
import type { Pod } from './pod.ts'
import { tlsOptions } from '../tls-options.ts'

/** ms. No answer of a mesh takes longer; one that does counts as none. */
const patienceMs = 120_000

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** Sends what a scenario's services are to send: from inside their pods, through their sidecars. */
export class CallsFromPods {
  readonly #run: ClusterRun

  constructor(run: ClusterRun) {
    this.#run = run
  }

  /** @returns what sends the call once. @throws MeshSpecError INVALID_REQUEST, CLUSTER_FAILED; NotSupported */
  async sending(sender: Pod, call: Call): Promise<() => Promise<Answered>> {
    const agent = await this.#run.agents.of(sender)
    const url = this.#urlOf(call.target)
    return async () => this.#send(agent, sender, call, url)
  }

  async #send(agent: PodAgent, sender: Pod, call: Call, url: URL): Promise<Answered> {
    const request = requestOf(call, url, (host) => this.#run.namespaces.host(host))
    const dialled = this.#run.namespaces.host(url.hostname).replace(/^\[|\]$/g, '')
    const answer = await agent.call(podCall(request, url, dialled, call, sender, this.#run.settings.insecure))
    return answeredOf(request, answer)
  }

  #urlOf(target: string): URL {
    if (target.startsWith('udp:')) throw new NotSupported('in-mesh-calls', 'pods are not made to send datagrams')
    if (/^(https?|tcp):\/\//.test(target) && URL.canParse(target)) return new URL(target)
    const hint = 'a service needs a whole URL, such as "GET http://ratings:9080/ratings/0"'
    throw new MeshSpecError({ code: 'INVALID_REQUEST', origin: null, place: null, problem: `${JSON.stringify(target)} is no URL`, hint })
  }
}

function requestOf({ method, target, headers, body }: Call, url: URL, real: (host: string) => string): HttpRequest {
  const given = Headers.of(headers)
  if (url.protocol === 'tcp:')
    return { method: '', scheme: 'http', authority: real(url.host), path: '', headers: new Headers(), body, protocol: 'tcp' }
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
  }
}

/** @param dialled may be another name than the one that the Host header says */
function podCall(
  { method, authority, path, headers, body, scheme }: HttpRequest,
  url: URL,
  dialled: string,
  { tls }: Call,
  { sidecar }: Pod,
  insecure: boolean,
): PodCall {
  const tcp = url.protocol === 'tcp:'
  const length = body !== '' && !headers.has('content-length') ? ['content-length', String(Buffer.byteLength(body))] : []
  return {
    host: dialled,
    port: Number(url.port) || (defaultPorts[url.protocol] ?? 80),
    secure: scheme === 'https',
    tcp,
    method,
    path,
    headers: tcp ? [] : ['host', authority, ...headers.fields, ...length],
    body,
    timeoutMs: patienceMs,
    elsewhere: sidecar && !tcp,
    ...(scheme === 'https' && { tls: tlsOptions(tls, url.hostname, insecure) }),
  }
}

function answeredOf(request: HttpRequest, { status, headers, body, error, ms, unresolved }: PodAnswer): Answered {
  if (unresolved && (error !== undefined || status === 502 || status === 503))
    throw new NotSupported('in-mesh-calls', `no DNS here knows the name ${request.authority}, so that a request for it leads nowhere`)
  if (error !== undefined || status === undefined) return { request, response: null, error: transportError(error ?? 'closed'), durationMs: ms }
  return { request, response: { status, headers: headersOf(headers ?? []), body: body ?? '' }, error: null, durationMs: ms }
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

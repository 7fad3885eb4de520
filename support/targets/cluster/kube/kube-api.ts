import type { IncomingMessage, RequestOptions } from 'node:http'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeConfig } from '@kubernetes/client-node'
import { ApiFailure } from './api-failure.ts'
import { clusterError } from './cluster-error.ts'

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query string: `/api/v1/namespaces/shop/pods?labelSelector=…`. */
  readonly path: string
  readonly body?: unknown
  /** Default `application/json`. */
  readonly contentType?: string
  /** The answer is text. Default false. */
  readonly text?: boolean
}

export interface KubeApiOptions {
  /** ms for one try. Default 30 s. */
  readonly timeoutMs?: number
  /** ms before the first repetition of a request that may be repeated; doubled at each. Default 250. */
  readonly backoffMs?: number
}

/** How often a request is sent at most: the API server may be busy, restarting, or behind a balancer that lost it. */
const tries = 4
/** ms after which no further try is begun. */
const triesMs = 45_000
/** ms in which one that is lost is not asked again, and then for one try of so long. */
const lostMs = 10_000
const lostTimeoutMs = 5000
/** ms that a restart may take. */
const returnMs = 30_000

/**
 * The REST API of one cluster, with the credentials of a kubeconfig. Connections are kept, which the generated clients of the library do not do.
 * Every request here may be repeated: reads, server-side applies, replacements and deletions have the same effect twice as once.
 */
export class KubeApi {
  readonly server: string
  readonly config: KubeConfig
  readonly #agent: http.Agent
  readonly #timeoutMs: number
  readonly #backoffMs: number
  #lost: { readonly error: Error; readonly since: number; readonly wasAwaited: boolean } | null = null

  constructor(config: KubeConfig, { timeoutMs = 30_000, backoffMs = 250 }: KubeApiOptions = {}) {
    this.config = config
    this.server = config.getCurrentCluster()!.server.replace(/\/$/, '')
    this.#agent = this.server.startsWith('https:')
      ? new https.Agent({ keepAlive: true, maxSockets: 16 })
      : new http.Agent({ keepAlive: true, maxSockets: 16 })
    this.#timeoutMs = timeoutMs
    this.#backoffMs = backoffMs
  }

  /**
   * Once it has not answered for as long as it is asked, it is taken for lost, and what follows does not wait for it: only now and then it is asked again.
   * @throws ApiFailure for what the API server refuses; MeshSpecError CLUSTER_UNREACHABLE
   */
  async send<T>(request: ApiRequest): Promise<T> {
    if (this.#lost !== null && performance.now() - this.#lost.since < lostMs) throw this.#lost.error
    const start = performance.now()
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === tries || this.#lost !== null || performance.now() - start > triesMs
      try {
        const { status, body, retryAfterMs } = await this.#once(request)
        this.#lost = null
        if (status < 300) return (request.text ? body : JSON.parse(body)) as T
        const failure = ApiFailure.of(status, body)
        if (isLast || !passing.has(status) || isOfWebhook(failure)) throw failure
        await sleep(retryAfterMs ?? this.#backoffMs * 2 ** (attempt - 1))
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        if (isLast || !isPassing(error)) throw this.#lose(this.#unreachable(error))
        await sleep(this.#backoffMs * 2 ** (attempt - 1))
      }
    }
  }

  /** `null` for what is not there. */
  async get<T>(path: string): Promise<T | null> {
    try {
      return await this.send<T>({ method: 'GET', path })
    } catch (error) {
      if (error instanceof ApiFailure && (error.status === 404 || error.status === 410)) return null
      throw error
    }
  }

  /** It is worth its whole time again, as when things are to be put back. */
  hope(): void {
    this.#lost = null
  }

  #lose(error: Error): Error {
    this.#lost = { error, since: performance.now(), wasAwaited: this.#lost?.wasAwaited ?? false }
    return error
  }

  /** Where it is lost, it is given time to come back, once: it may be restarting. @param ms how long */
  async awaitReturn(ms = returnMs): Promise<void> {
    const deadline = performance.now() + ms
    while (this.#lost !== null && !this.#lost.wasAwaited) {
      const isBack = await this.#once({ method: 'GET', path: '/api/v1' }).then(
        () => true,
        () => false,
      )
      if (isBack) return this.hope()
      if (performance.now() > deadline) this.#lost = { ...this.#lost, wasAwaited: true }
      else await sleep(Math.min(1000, ms))
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  get #patienceMs(): number {
    return this.#lost === null ? this.#timeoutMs : Math.min(this.#timeoutMs, lostTimeoutMs)
  }

  async #once({ method, path, body, contentType = 'application/json' }: ApiRequest) {
    const options: RequestOptions = { method, headers: { accept: 'application/json' }, timeout: this.#patienceMs }
    await this.config.applyToHTTPSOptions(options)
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...options.headers,
      ...(payload !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
    }
    const message = await this.#answer(`${this.server}${path}`, { ...options, headers, agent: this.#agent }, payload)
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const after = Number(message.headers['retry-after'])
    const retryAfterMs = after > 0 ? Math.min(after, 10) * 1000 : null
    return { status: message.statusCode ?? 0, body: Buffer.concat(chunks).toString(), retryAfterMs }
  }

  #answer(url: string, options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = (url.startsWith('https:') ? https : http).request(url, options, resolve)
      const late = (): void => void request.destroy(Object.assign(new Error(`no answer within ${this.#patienceMs / 1000} s`), { code: 'ETIMEDOUT' }))
      request.on('timeout', late).on('error', reject).end(payload)
    })
  }

  #unreachable(error: unknown): Error {
    const { code, message, syscall = '', path } = error as NodeJS.ErrnoException
    if (syscall.startsWith('spawn'))
      return clusterError(
        'INVALID_SETTING',
        `the kubeconfig takes credentials from the command ${path}, which cannot be run (${code})`,
        'is it installed, and on PATH?',
      )
    if (/^HTTP protocol is not allowed/.test(message))
      return clusterError(
        'INVALID_SETTING',
        `the API server ${this.server} is spoken to without TLS, which would show the credentials`,
        'insecure-skip-tls-verify: true in the kubeconfig says that this is meant',
      )
    const isTls = /CERT|TLS|SSL|EPROTO|SELF_SIGNED|VERIFY/.test(code ?? '')
    const hint = isTls
      ? 'the certificate of the API server is not what certificate-authority in the kubeconfig says; it is not passed over'
      : 'is the cluster running, and reachable from here?'
    return clusterError('CLUSTER_UNREACHABLE', `the API server ${this.server} does not answer (${code ?? message})`, hint)
  }
}

/** Statuses by which an API server or its front says: later. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])

/** A webhook that cannot be called is the cluster's state, not a hiccup; and what it denies it denies again. */
function isOfWebhook({ message }: ApiFailure): boolean {
  return /webhook/.test(message)
}

function isPassing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return (
    ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'ECONNABORTED'].includes(code ?? '') ||
    (error as Error).message === 'aborted'
  )
}

import { setTimeout as sleep } from 'node:timers/promises'
import { hidden, withoutTokens } from '../../../runs/secrets.ts'
import { queryString } from './json-source.ts'
import type { JsonSource } from './json-source.ts'
import { failureOf, SourceFailure } from './source-failure.ts'

export interface HttpJsonOptions {
  /** Sent as a bearer token, where the URL holds no credentials. Default: none. */
  readonly token?: string | null
  /** ms for one try. Default 20 s. */
  readonly timeoutMs?: number
  /** ms before the first repetition, doubled at each. Default 500. */
  readonly backoffMs?: number
}

const tries = 3

/** Statuses by which a server or its front says: later. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** A JSON API at a URL. Certificates are verified, and no redirect is followed: credentials would go along. */
export class HttpJson implements JsonSource {
  readonly name: string
  readonly #base: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #secrets: readonly string[]
  readonly #timeoutMs: number
  readonly #backoffMs: number

  /** @param kind `Prometheus`, `Jaeger`, `Tempo` */
  constructor(kind: string, url: string, { token = null, timeoutMs = 20_000, backoffMs = 500 }: HttpJsonOptions = {}) {
    const { username, password, origin, pathname } = new URL(url)
    this.#base = origin + pathname.replace(/\/$/, '')
    this.name = `${kind} at ${this.#base}`
    const given = authorization(username, password, token)
    this.#headers = { accept: 'application/json', ...given }
    this.#secrets = [given['authorization']?.replace(/^\w+ /, '') ?? '', decodeURIComponent(password), password, token ?? '']
    this.#timeoutMs = timeoutMs
    this.#backoffMs = backoffMs
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(path, query)
      if (!(answer instanceof SourceFailure)) return answer.json
      if (attempt === tries || (answer.status !== null && !passing.has(answer.status))) throw answer
      await sleep(this.#backoffMs * 2 ** (attempt - 1))
    }
  }

  async #once(path: string, query: Readonly<Record<string, string>>): Promise<{ readonly json: unknown } | SourceFailure> {
    let status: number | null = null
    try {
      const signal = AbortSignal.timeout(this.#timeoutMs)
      const response = await fetch(`${this.#base}${path}${queryString(query)}`, { headers: this.#headers, redirect: 'manual', signal })
      status = response.status
      const location = response.headers.get('location')
      if (status >= 300 && status < 400) return this.#elsewhere(status, location)
      const body = await response.text()
      return response.ok ? this.#read(status, body) : failureOf(this.name, status, path, this.#without(saidIn(body)))
    } catch (error) {
      return new SourceFailure(this.name, null, this.#silence(error, status))
    }
  }

  #read(status: number, body: string): { readonly json: unknown } | SourceFailure {
    try {
      return { json: JSON.parse(body) as unknown }
    } catch {
      return new SourceFailure(this.name, status, 'answers with something that is no JSON: is it the URL of its API?')
    }
  }

  /** A server may say what it was told: credentials stay here. */
  #without(said: string): string {
    const secrets = this.#secrets.filter((secret) => secret !== '')
    return withoutTokens(secrets.reduce((text, secret) => text.replaceAll(secret, hidden), said))
  }

  #elsewhere(status: number, location: string | null): SourceFailure {
    const host = location !== null && URL.canParse(location, this.#base) ? new URL(location, this.#base).host : 'nowhere'
    return new SourceFailure(this.name, status, `redirects to ${host} (${status}), where no question and no credentials are sent`)
  }

  #silence(error: unknown, status: number | null): string {
    const { name, message, cause } = error as Error
    if (name === 'TimeoutError') return `does not answer within ${this.#timeoutMs / 1000} s`
    if (status !== null) return 'broke its answer off'
    const { code } = (cause ?? error) as NodeJS.ErrnoException
    if (/CERT|TLS|SSL|EPROTO|SELF_SIGNED/.test(code ?? ''))
      return `shows a certificate that cannot be verified (${code}); NODE_EXTRA_CA_CERTS names the one to trust`
    return `does not answer (${code ?? message})`
  }
}

function authorization(username: string, password: string, token: string | null): Readonly<Record<string, string>> {
  if (username !== '')
    return { authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` }
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

/** What the three APIs say of an error: Prometheus `{error}`, Jaeger `{errors: [{msg}]}`, Tempo as text. */
export function saidIn(body: string): string {
  try {
    const { error, message, errors } = JSON.parse(body) as {
      readonly error?: unknown
      readonly message?: unknown
      readonly errors?: readonly { readonly msg?: unknown }[]
    }
    return [error, message, errors?.[0]?.msg].find((text): text is string => typeof text === 'string') ?? ''
  } catch {
    return /^\s*</.test(body) ? '' : body.trim().slice(0, 200)
  }
}

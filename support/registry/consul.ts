import { MeshSpecError } from '../../mesh-core/config/errors.ts'
import { readText } from '../../mesh-core/config/load.ts'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { keyOf, refOf } from '../../mesh-core/config/resource.ts'
import type { ConfigChange } from '../runs/scenario-session.ts'
import type { ConsulInstance } from './consul-services.ts'
import { serviceEntryOf } from './consul-services.ts'

interface Answer {
  readonly body: unknown
  /** `X-Consul-Index`: a question with it is answered when something has changed. */
  readonly index: string
}

/** Longer than Consul holds a blocking question, so that its own answer comes first. */
const patienceMs = 5_000

/**
 * A Consul catalogue: each service with its instances that pass their checks becomes a ServiceEntry for `<name>.service.consul`.
 * Source: Consul's HTTP API, `/v1/catalog/services`, `/v1/health/service/:service`, and its blocking queries.
 */
export class ConsulCatalogue {
  readonly #url: string
  readonly #namespace: string
  /** By `resourceKey`, as text and as it was applied. */
  #known = new Map<string, { readonly text: string; readonly resource: Resource }>()
  /** By path. */
  #indexes = new Map<string, string>()

  /** @param namespace where the services are to be */
  constructor(url: string, namespace: string) {
    this.#url = url.replace(/\/+$/, '')
    this.#namespace = namespace
  }

  /** The catalogue as it is now, against what was read before. @throws MeshSpecError TARGET_UNREACHABLE */
  async read(): Promise<ConfigChange> {
    this.#indexes = new Map()
    const services = await this.#ask('/v1/catalog/services')
    const names = Object.keys(this.#expect(services, isRecord, '/v1/catalog/services')).filter((name) => name !== 'consul')
    const found = await Promise.all(names.sort().map((name) => this.#entryOf(name)))
    return this.#take(found.filter((text) => text !== null))
  }

  /**
   * Waits until Consul says that something has changed, and reads it.
   * @throws MeshSpecError TARGET_UNREACHABLE when nothing has after `waitMs`, or nobody answers
   */
  async changed(waitMs: number): Promise<ConfigChange> {
    const aborts = new AbortController()
    const questions = [...this.#indexes].map(([path, index]) => this.#blocked(path, index, waitMs, aborts.signal))
    try {
      await Promise.any(questions)
    } catch (error) {
      throw error instanceof AggregateError ? (error.errors[0] as Error) : error
    } finally {
      aborts.abort()
    }
    return this.read()
  }

  async #entryOf(name: string): Promise<string | null> {
    const path = `/v1/health/service/${encodeURIComponent(name)}?passing`
    const instances = this.#expect(await this.#ask(path), isInstances, path)
    return serviceEntryOf(name, this.#namespace, instances)
  }

  #take(texts: readonly string[]): ConfigChange {
    const before = this.#known
    const now = texts.map((text) => {
      const { resources, errors } = readText(text, `${this.#url}/v1/catalog/services`)
      if (errors.length > 0) throw errors[0]!
      return { text, resource: resources[0]! }
    })
    this.#known = new Map(now.map((entry) => [keyOf(entry.resource), entry]))
    return {
      apply: [...this.#known].filter(([key, { text }]) => before.get(key)?.text !== text).map(([, { resource }]) => resource),
      remove: [...before].filter(([key]) => !this.#known.has(key)).map(([, { resource }]) => refOf(resource)),
    }
  }

  /** An index that has gone back counts as a change: Consul asks its clients to begin anew. */
  async #blocked(path: string, index: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const { index: after } = await this.#ask(`${path}${path.includes('?') ? '&' : '?'}index=${index}&wait=${waitMs}ms`, waitMs, signal)
    if (after === index) throw this.#unreachable(`nothing has changed for ${waitMs} ms`)
  }

  async #ask(path: string, waitMs = 0, signal?: AbortSignal): Promise<Answer> {
    const timeout = AbortSignal.timeout(waitMs + patienceMs)
    let response: Response
    try {
      response = await fetch(this.#url + path, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout })
      if (!response.ok) throw this.#unreachable(`it answers ${response.status} to ${path}`)
      const answer = { body: (await response.json()) as unknown, index: response.headers.get('x-consul-index') ?? '0' }
      if (waitMs === 0) this.#indexes.set(path, answer.index)
      return answer
    } catch (error) {
      if (error instanceof MeshSpecError) throw error
      throw this.#unreachable(error instanceof SyntaxError ? `its answer to ${path} is no JSON` : reasonOf(error))
    }
  }

  #expect<T>({ body }: Answer, is: (body: unknown) => body is T, path: string): T {
    if (is(body)) return body
    throw this.#unreachable(`its answer to ${path} is not what Consul's API promises`)
  }

  #unreachable(problem: string): MeshSpecError {
    const hint = 'check the URL of the Consul agent, as in "http://127.0.0.1:8500"'
    return new MeshSpecError({
      code: 'TARGET_UNREACHABLE',
      origin: null,
      place: null,
      problem: `the Consul catalogue at ${this.#url}: ${problem}`,
      hint,
    })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message
}

function isRecord(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

function isInstances(body: unknown): body is readonly ConsulInstance[] {
  return Array.isArray(body) && body.every((entry) => isRecord(entry) && isRecord(entry['Service']) && isRecord(entry['Node']))
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { MetricSample } from '../../target.ts'
import type { JsonSource } from './json-source.ts'
import { SourceFailure } from './source-failure.ts'

export interface PrometheusOptions {
  /** ms between two looks at what was scraped. Default 500. */
  readonly pauseMs?: number
  /** ms that scrapes are waited for at most. Default 130 s: more than twice the default interval. */
  readonly patienceMs?: number
}

/** Who is to be scraped before what was sent is counted. */
export interface Scraped {
  readonly namespaces: ReadonlySet<string>
  readonly pods: readonly { readonly name: string; readonly ip: string }[]
}

interface Answer {
  readonly status?: string
  readonly error?: string
  readonly data?: { readonly resultType?: string; readonly result?: unknown }
}

type Pair = readonly [number, string]

/** The HTTP API of Prometheus, or of what speaks as it does. Source: prometheus.io, "HTTP API". */
export class Prometheus {
  readonly #source: JsonSource
  readonly #pauseMs: number
  readonly #patienceMs: number

  constructor(source: JsonSource, { pauseMs = 500, patienceMs = 130_000 }: PrometheusOptions = {}) {
    this.#source = source
    this.#pauseMs = pauseMs
    this.#patienceMs = patienceMs
  }

  get name(): string {
    return this.#source.name
  }

  /**
   * An instant query.
   * @returns the samples of a vector, or the one of a scalar, without labels
   * @throws SourceFailure
   */
  async query(promql: string): Promise<readonly MetricSample[]> {
    const { status, error, data } = (await this.#source.get('/api/v1/query', { query: promql })) as Answer
    if (status !== 'success') throw new SourceFailure(this.name, 200, `cannot answer the question: ${error ?? 'it says no reason'}`)
    switch (data?.resultType) {
      case 'vector':
        return (data.result as readonly { readonly metric: Readonly<Record<string, string>>; readonly value: Pair }[]).map(({ metric, value }) => ({
          labels: metric,
          value: numberOf(value[1]),
        }))
      case 'scalar':
        return [{ labels: {}, value: numberOf((data.result as Pair)[1]) }]
      default:
        throw new SourceFailure(this.name, 200, `answers with a ${data?.resultType ?? 'result of no type'}, not with numbers of one moment`)
    }
  }

  /** s since 1970, by the clock of Prometheus: its samples go by that, not by ours. @throws SourceFailure */
  async now(): Promise<number> {
    return (await this.query('time()'))[0]?.value ?? 0
  }

  /**
   * Waits until what has happened up to a moment is counted: until every pod, and every other target of the namespaces, was scraped after it. Where no target
   * is known to be of these, all are waited for.
   * @param moment s, of `now()`
   * @throws SourceFailure
   */
  async scrapedSince(moment: number, wanted: Scraped): Promise<void> {
    const deadline = performance.now() + this.#patienceMs
    for (;;) {
      const late = lateAmong(await this.query('timestamp(up)'), wanted, moment)
      if (late.length === 0) return
      if (performance.now() > deadline)
        throw new SourceFailure(
          this.name,
          200,
          `has not scraped ${late.slice(0, 5).join(', ')} in ${this.#patienceMs / 1000} s, so that what was sent is not counted`,
        )
      await sleep(this.#pauseMs)
    }
  }
}

/** @param targets the moment of each one's last scrape */
function lateAmong(targets: readonly MetricSample[], { namespaces, pods }: Scraped, moment: number): readonly string[] {
  const own = targets.filter(({ labels }) => namespaces.has(labels['namespace'] ?? ''))
  const looked = own.length > 0 ? own : targets
  const late = looked.filter(({ value }) => value <= moment).map(({ labels }) => `the target ${labels['instance'] ?? '?'} of ${labels['job'] ?? '?'}`)
  const isKnown = (name: string, ip: string): boolean =>
    looked.some(({ labels }) => labels['pod'] === name || (ip !== '' && labels['instance']?.startsWith(`${ip}:`)))
  const missing = own.length > 0 ? pods.filter(({ name, ip }) => !isKnown(name, ip)).map(({ name }) => `pod ${name}`) : []
  if (looked.length === 0) return ['anything: it knows of no target']
  return [...missing, ...late]
}

/** As Prometheus prints numbers. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity
  return text === '-Inf' ? -Infinity : Number(text)
}

import { JsonTracer, skewMs } from './json-tracer.ts'
import { SourceFailure } from './source-failure.ts'
import { traceTags } from './marks.ts'
import type { Sought, Span } from './span.ts'

interface Attribute {
  readonly key: string
  readonly value?: Readonly<Record<string, unknown>>
}

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind?: string | number
  readonly startTimeUnixNano?: string
  readonly attributes?: readonly Attribute[]
}

interface ResourceSpans {
  readonly resource?: { readonly attributes?: readonly Attribute[] }
  readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[]
  /** Before OTLP 0.15. */
  readonly instrumentationLibrarySpans?: readonly { readonly spans?: readonly OtlpSpan[] }[]
}

/** Marks in one question: its URL has to stay short. */
const marksAtOnce = 40
const tracesAtOnce = 8

/** The query API of Tempo: search by TraceQL, then each trace by its id. Source: grafana.com, "Tempo HTTP API". */
export class Tempo extends JsonTracer {
  readonly phrase = 'traces of Tempo, by x-request-id'

  async probe(): Promise<void> {
    await this.source.get('/api/search', { q: '{ name = "meshspec" }', limit: '1' })
  }

  async find({ marks, fromMs, toMs }: Sought): Promise<readonly Span[]> {
    const window = { start: String(Math.floor((fromMs - skewMs) / 1000)), end: String(Math.ceil((toMs + skewMs) / 1000)) }
    const ids = new Set<string>()
    for (let i = 0; i < marks.length; i += marksAtOnce) for (const id of await this.#search(marks.slice(i, i + marksAtOnce), window)) ids.add(id)
    const all = [...ids]
    const spans: Span[] = []
    for (let i = 0; i < all.length; i += tracesAtOnce)
      spans.push(...(await Promise.all(all.slice(i, i + tracesAtOnce).map((id) => this.#trace(id)))).flat())
    return spans
  }

  async #search(marks: readonly string[], window: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const either = JSON.stringify(marks.join('|'))
    const q = `{ ${traceTags.map((tag) => `span.${JSON.stringify(tag)} =~ ${either}`).join(' || ')} }`
    const answer = (await this.source.get('/api/search', { q, limit: String(marks.length * 2), ...window })) as {
      readonly traces?: readonly { readonly traceID: string }[] | null
    }
    return (answer.traces ?? []).map(({ traceID }) => traceID)
  }

  /** Nothing, for one that the search knows before it can be read. */
  async #trace(id: string): Promise<readonly Span[]> {
    try {
      const answer = (await this.source.get(`/api/traces/${id}`)) as {
        readonly batches?: readonly ResourceSpans[]
        readonly resourceSpans?: readonly ResourceSpans[]
      }
      return (answer.batches ?? answer.resourceSpans ?? []).flatMap((resource) => spansOf(id, resource))
    } catch (error) {
      if (error instanceof SourceFailure && error.status === 404) return []
      throw error
    }
  }
}

function spansOf(traceId: string, { resource, scopeSpans, instrumentationLibrarySpans }: ResourceSpans): readonly Span[] {
  const service = tagsOf(resource?.attributes)['service.name'] ?? ''
  return [...(scopeSpans ?? []), ...(instrumentationLibrarySpans ?? [])]
    .flatMap(({ spans }) => spans ?? [])
    .map(({ spanId, parentSpanId, kind, startTimeUnixNano, attributes }) => ({
      traceId,
      id: spanId,
      parentId: parentSpanId || null,
      kind: kindOf(kind),
      service,
      startMs: Number(BigInt(startTimeUnixNano ?? 0) / 1000n) / 1000,
      tags: tagsOf(attributes),
    }))
}

/** By name or number. Source: opentelemetry-proto, `Span.SpanKind`. */
function kindOf(kind: string | number | undefined): Span['kind'] {
  if (kind === 'SPAN_KIND_SERVER' || kind === 2) return 'server'
  return kind === 'SPAN_KIND_CLIENT' || kind === 3 ? 'client' : ''
}

function tagsOf(attributes: readonly Attribute[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value ?? {})[0] ?? '')]))
}

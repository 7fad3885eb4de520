import { JsonTracer, skewMs } from './json-tracer.ts'
import { SourceFailure } from './source-failure.ts'
import { markedTraces } from './span.ts'
import type { Sought, Span } from './span.ts'

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly msg?: string }[] | null
}

interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly references?: readonly { readonly refType: string; readonly spanID: string }[]
  readonly startTime: number
  readonly tags?: readonly { readonly key: string; readonly value: unknown }[]
  readonly processID: string
}

interface JaegerTrace {
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
}

/** Traces in one answer. */
const most = 1500

/** The query API of Jaeger that its own page uses, `/api/traces`. Source: jaegertracing.io, "APIs"; `model/json`. */
export class Jaeger extends JsonTracer {
  readonly phrase = 'traces of Jaeger, by x-request-id'

  async probe(): Promise<void> {
    await this.#services()
  }

  /** Traces are sought service by service, as the API wants it; which of them are meant is seen by their tags. */
  async find({ marks, fromMs, toMs }: Sought): Promise<readonly Span[]> {
    const window = { start: String((fromMs - skewMs) * 1000), end: String((toMs + skewMs) * 1000), limit: String(most) }
    const found = new Map<string, readonly Span[]>()
    for (const service of await this.#services()) {
      const traces = await this.#ask<readonly JaegerTrace[]>('/api/traces', { service, ...window })
      const spans = (traces ?? []).flatMap(spansOf)
      const own = markedTraces(spans, marks)
      for (const trace of own)
        if (!found.has(trace))
          found.set(
            trace,
            spans.filter(({ traceId }) => traceId === trace),
          )
      if (found.size >= marks.length) break
    }
    return [...found.values()].flat()
  }

  async #services(): Promise<readonly string[]> {
    const names = (await this.#ask<readonly string[]>('/api/services', {})) ?? []
    // Gateways first: what comes from outside has its first span there.
    return names.toSorted((a, b) => Number(/gateway/.test(b)) - Number(/gateway/.test(a)))
  }

  async #ask<T>(path: string, query: Readonly<Record<string, string>>): Promise<T | null> {
    const { data, errors } = (await this.source.get(path, query)) as Answer<T>
    if (errors && errors.length > 0) throw new SourceFailure(this.name, 200, `cannot answer the question: ${errors[0]!.msg ?? 'it says no reason'}`)
    return data ?? null
  }
}

function spansOf({ spans, processes }: JaegerTrace): readonly Span[] {
  return spans.map(({ traceID, spanID, references = [], startTime, tags = [], processID }) => {
    const own = Object.fromEntries(tags.map(({ key, value }) => [key, String(value)]))
    const kind = own['span.kind']
    return {
      traceId: traceID,
      id: spanID,
      parentId: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? null,
      kind: kind === 'client' || kind === 'server' ? kind : '',
      service: processes[processID]?.serviceName ?? '',
      startMs: startTime / 1000,
      tags: own,
    }
  })
}

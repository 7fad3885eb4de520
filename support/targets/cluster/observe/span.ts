import { requestKey } from '../../../../samples/pod/recorded.ts'
import { traceTags } from './marks.ts'

/** One proxy's part of a request, as a trace has it. */
export interface Span {
  readonly traceId: string
  readonly id: string
  /** `null` for the first of a trace. */
  readonly parentId: string | null
  /** `client`: of who sent; `server`: of who received; `''`: the tracer does not say. */
  readonly kind: 'client' | 'server' | ''
  /** `reviews.default`, `istio-ingressgateway.istio-system` */
  readonly service: string
  /** ms since 1970. */
  readonly startMs: number
  readonly tags: Readonly<Record<string, string>>
}

/** What was sent of which traces are sought. */
export interface Sought {
  /** Values of `x-client-trace-id` and `x-request-id`. */
  readonly marks: readonly string[]
  /** ms since 1970. */
  readonly fromMs: number
  readonly toMs: number
}

/** How long traces are waited for. */
export interface Patience {
  /** ms after which what was not found is not there. Default 20 s: proxies send spans every 5 s. */
  readonly deadlineMs?: number
  /** ms without a new span after which a trace is taken for whole. Default 6 s: what comes from another proxy may come a whole interval later. */
  readonly quietMs?: number
  /** ms between two looks. Default 1 s. */
  readonly pauseMs?: number
}

/** Where traces are kept. */
export interface TraceSource {
  /** `Jaeger at http://jaeger:16686` */
  readonly name: string
  /** `traces of Jaeger`, for reports. */
  readonly phrase: string
  /** How long it takes until what was sent is there. */
  readonly patience?: Patience
  /** Services of which the last look has shown that they received nothing at all. Left out where the source cannot know. */
  readonly unreached?: ReadonlySet<string>
  /** Looks whether it answers as it should. @throws SourceFailure */
  probe(): Promise<void>
  /** Spans of the traces in which one of the marks occurs, as far as they are there by now. @throws SourceFailure */
  find(sought: Sought): Promise<readonly Span[]>
}

/** Trace ids of the spans with one of the marks. */
export function markedTraces(spans: readonly Span[], marks: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(marks.map(requestKey))
  return new Set(spans.filter(({ tags }) => traceTags.some((tag) => wanted.has(requestKey(tags[tag] ?? '')))).map(({ traceId }) => traceId))
}

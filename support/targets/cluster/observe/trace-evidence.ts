import { setTimeout as sleep } from 'node:timers/promises'
import type { Evidence } from '../evidence.ts'
import { requestKey } from '../../../../samples/pod/recorded.ts'
import { traceTags } from './marks.ts'
import type { Sought, Span, TraceSource } from './span.ts'
import { hopsOfSpans, untoldBySpans } from './trace-hops.ts'
import type { Known } from './trace-hops.ts'

/**
 * Waits for the traces of requests. They come piece by piece, from each proxy by itself, so that one is whole when nothing more has come for a while.
 * @param requests the marks by which each is known
 * @returns the spans of each; `null` where there is no trace
 * @throws SourceFailure
 */
export async function awaitTraces(
  source: TraceSource,
  requests: readonly (readonly string[])[],
  window: Pick<Sought, 'fromMs' | 'toMs'>,
): Promise<readonly (readonly Span[] | null)[]> {
  const { deadlineMs = 20_000, quietMs = 6000, pauseMs = 1000 } = source.patience ?? {}
  const marks = [...new Set(requests.flat())]
  const start = performance.now()
  let [count, changed] = [-1, start]
  for (;;) {
    const spans = await source.find({ marks, ...window })
    const found = byRequest(spans, requests)
    const now = performance.now()
    if (spans.length !== count) [count, changed] = [spans.length, now]
    const isWhole = found.every((own) => own !== null && hasAllParents(own))
    if ((isWhole && now - changed >= quietMs) || now - start >= deadlineMs) return found
    await sleep(pauseMs)
  }
}

/** What one trace says. */
export function evidenceOfSpans(spans: readonly Span[], source: TraceSource, known: Known): Evidence {
  const hops = hopsOfSpans(spans, known)
  return { hops, whole: true, untold: untoldBySpans(hops, source.phrase.replace(/,.*/, ''), source.unreached ?? new Set()) }
}

function byRequest(spans: readonly Span[], requests: readonly (readonly string[])[]): readonly (readonly Span[] | null)[] {
  const traces = new Map<string, Span[]>()
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span])
  const owners = new Map<string, Set<string>>()
  for (const { traceId, tags } of spans)
    for (const tag of traceTags) {
      const mark = requestKey(tags[tag] ?? '')
      if (mark !== '') owners.set(mark, (owners.get(mark) ?? new Set()).add(traceId))
    }
  return requests.map((marks) => {
    const own = new Set(marks.flatMap((mark) => [...(owners.get(requestKey(mark)) ?? [])]))
    return own.size === 0 ? null : [...own].flatMap((trace) => traces.get(trace)!)
  })
}

/** The first span of a trace may name one of somebody who keeps no trace; any other that is missing is still on its way. */
function hasAllParents(spans: readonly Span[]): boolean {
  const ids = new Set(spans.map(({ id }) => id))
  const first = spans.toSorted((a, b) => a.startMs - b.startMs)[0]
  return spans.every(({ parentId, ...rest }) => parentId === null || ids.has(parentId) || rest.id === first?.id)
}

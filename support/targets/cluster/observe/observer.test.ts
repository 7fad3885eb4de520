import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import { pageTrace } from './istio-spans.fixture.ts'
import { traceMarkHeader } from './marks.ts'
import { Observer } from './observer.ts'
import { Prometheus } from './prometheus.ts'
import { SourceFailure } from './source-failure.ts'
import type { Span, TraceSource } from './span.ts'
import type { Sources } from './watch.ts'

const mark = '19022ca0-ad60-497e-847d-8f9db59340fa'

function exchange(id = mark): Exchange {
  const request = { method: 'GET', scheme: 'http' as const, authority: 'b', path: '/', headers: new Headers([traceMarkHeader, id]), body: '' }
  return { request, response: null, error: 'closed', durationMs: 1, hops: [] }
}

/** @param answers one for each look */
function source(name: string, answer: () => readonly Span[]): TraceSource & { looks: number } {
  const patience = { deadlineMs: 0, quietMs: 0, pauseMs: 1 }
  const find = async (): Promise<readonly Span[]> => {
    own.looks++
    return answer()
  }
  const own = { name, phrase: `traces of ${name}`, patience, looks: 0, probe: async () => {}, find }
  return own
}

const refused = (): never => {
  throw new SourceFailure('Loki', 403, 'does not permit the question (403)')
}

function observerOf({ tracers = [], logs = null, prometheus = null }: Partial<Sources>): Observer {
  const same = (text: string): string => text
  const scenery = { pods: [], namespaces: ['default'], namespace: same, text: same, real: same, realNamespace: same }
  return new Observer({ sources: async () => ({ tracers, logs, prometheus }), scenery: () => scenery })
}

describe('who knows of a request', () => {
  test('logs before tracers, and the first that knows of it', async () => {
    const [logs, jaeger, tempo] = [source('logs', () => []), source('Jaeger', () => pageTrace(mark)), source('Tempo', () => pageTrace(mark))]
    const observer = observerOf({ logs, tracers: [jaeger, tempo] })
    const { found, why } = await observer.evidence([exchange(), exchange('another')], null)
    expect(found.map((one) => one?.hops.map(({ app }) => app))).toEqual([expect.arrayContaining(['productpage', 'reviews']), undefined])
    expect(why).toBe('of this request nothing is in Jaeger')
    expect([logs.looks, jaeger.looks, tempo.looks]).toEqual([1, 1, 0])
    expect(observer.phrases).toEqual(['traces of Jaeger'])
  })

  test('nobody, and why of each', async () => {
    const observer = observerOf({ logs: source('logs', refused), tracers: [source('Jaeger', () => [])] })
    expect(await observer.evidence([exchange()], null)).toEqual({
      found: [null],
      why: 'Loki does not permit the question (403); nothing of it is in Jaeger',
    })
    expect(observer.phrases).toEqual([])
  })

  test('one that has known nothing twice is asked no more; that it has failed stays the reason', async () => {
    const [logs, jaeger] = [source('logs', refused), source('Jaeger', () => [])]
    const observer = observerOf({ logs, tracers: [jaeger] })
    for (let i = 0; i < 2; i++) await observer.evidence([exchange()], null)
    expect((await observer.evidence([exchange()], null)).why).toBe(
      'of earlier requests: Loki does not permit the question (403); of earlier requests: nothing of it is in Jaeger',
    )
    expect([logs.looks, jaeger.looks]).toEqual([2, 2])
  })

  test('one that has known nothing once, and then something, begins anew', async () => {
    let knows = false
    const jaeger = source('Jaeger', () => (knows ? pageTrace(mark) : []))
    const observer = observerOf({ tracers: [jaeger] })
    for (const known of [false, true, false, false]) {
      knows = known
      await observer.evidence([exchange()], null)
    }
    expect(jaeger.looks).toBe(4)
  })
})

describe('by which a request is found again', () => {
  test('what each kind of source needs, and nothing where there is none', async () => {
    const [tracer, logs] = [source('Jaeger', () => []), source('logs', () => [])]
    expect(Object.keys(await observerOf({ tracers: [tracer], logs }).marks({}))).toEqual([traceMarkHeader, 'user-agent'])
    expect(await observerOf({}).marks({})).toEqual({})
  })

  test("never in the place of the scenario's own", async () => {
    const [tracer, logs] = [source('Jaeger', () => []), source('logs', () => [])]
    expect(await observerOf({ tracers: [tracer], logs }).marks({ 'User-Agent': 'curl', 'X-Client-Trace-Id': 'own' })).toEqual({})
  })
})

describe('counters', () => {
  const labels = { reporter: 'destination', source_workload: 'gateway', destination_workload: 'b-v1', destination_app: 'b', response_code: '200' }

  /** A Prometheus whose clock goes on by a second at each look. */
  function counting(samples: () => readonly object[], asked: string[] = []): Prometheus {
    let now = 1000
    const vector = (result: readonly object[]) => ({ status: 'success', data: { resultType: 'vector', result } })
    return new Prometheus({
      name: 'Prometheus',
      get: async (_path, { query = '' } = {}) => {
        asked.push(query)
        now++
        if (query === 'time()') return { status: 'success', data: { resultType: 'scalar', result: [now, String(now)] } }
        return vector(query === 'timestamp(up)' ? [{ metric: { instance: 'a', job: 'j' }, value: [now, String(now)] }] : samples())
      },
    })
  }

  test('tell where nobody else knows anything, each request once', async () => {
    const asked: string[] = []
    const observer = observerOf({ tracers: [source('Jaeger', () => [])], prometheus: counting(() => [{ metric: labels, value: [0, '1'] }], asked) })
    await observer.begin(null)
    const { found } = await observer.evidence([exchange()], null)
    expect(found.map((one) => one?.hops.map(({ app, version }) => [app, version]))).toEqual([[['b', null]]])
    await observer.evidence([exchange()], null)
    const since = asked.flatMap((query) => /@ (\d+)/.exec(query)?.[1] ?? [])
    expect(since).toHaveLength(2)
    expect(Number(since[1])).toBeGreaterThan(Number(since[0]))
  })

  test('that have counted nothing tell nothing', async () => {
    const observer = observerOf({ prometheus: counting(() => []) })
    await observer.begin(null)
    expect((await observer.evidence([exchange()], null)).found).toEqual([null])
    expect(observer.phrases).toEqual([])
  })

  test('a query that is none is the mistake of the statement; a Prometheus that fails is not the mesh', async () => {
    const observer = observerOf({ prometheus: counting(() => []) })
    await expect(observer.telemetry.query('sum(')).rejects.toMatchObject({ name: 'StatementFailed' })
    await expect(observer.telemetry.query('istio_requests_total')).rejects.toMatchObject({ name: 'NotSupported' })
    const ill = observerOf({
      prometheus: new Prometheus({ name: 'Prometheus', get: async () => Promise.reject(new SourceFailure('Prometheus', 500, 'answered 500')) }),
    })
    await expect(ill.telemetry.query('up')).rejects.toMatchObject({ code: 'TELEMETRY_FAILED' })
    await expect(ill.begin(null)).rejects.toMatchObject({ code: 'TELEMETRY_FAILED' })
  })

  test('without any, statements about them are not supported', async () => {
    await expect(observerOf({}).telemetry.query('up')).rejects.toMatchObject({ name: 'NotSupported' })
    await expect(observerOf({}).telemetry.traces([exchange()])).rejects.toMatchObject({ name: 'NotSupported' })
  })
})

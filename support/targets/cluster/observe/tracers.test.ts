import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HttpJson } from './http-json.ts'
import { pageTrace } from './istio-spans.fixture.ts'
import { Jaeger } from './jaeger.ts'
import type { Sought, Span, TraceSource } from './span.ts'
import { Tempo } from './tempo.ts'
import { awaitTraces } from './trace-evidence.ts'

const host = 'http://traces.example'
const mark = '19022ca0-ad60-497e-847d-8f9db59340fa'
const sought: Sought = { marks: [mark], fromMs: 1_700_000_000_000, toMs: 1_700_000_001_000 }
const spans = pageTrace(mark)

beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

const json = (kind: string): HttpJson => new HttpJson(kind, host, { backoffMs: 5, timeoutMs: 2000 })

/** As Jaeger writes them. */
function jaegerTrace(all: readonly Span[]) {
  const services = [...new Set(all.map(({ service }) => service))]
  return {
    traceID: 't1',
    processes: Object.fromEntries(services.map((serviceName, i) => [`p${i}`, { serviceName, tags: [] }])),
    spans: all.map(({ traceId, id, parentId, kind, service, startMs, tags }) => ({
      traceID: traceId,
      spanID: id,
      references: parentId === null ? [] : [{ refType: 'CHILD_OF', traceID: traceId, spanID: parentId }],
      startTime: startMs * 1000,
      tags: [...Object.entries(tags).map(([key, value]) => ({ key, type: 'string', value })), { key: 'span.kind', type: 'string', value: kind }],
      processID: `p${services.indexOf(service)}`,
    })),
  }
}

const withKind = (all: readonly Span[]): readonly Span[] => all.map((span) => ({ ...span, tags: { ...span.tags, 'span.kind': span.kind } }))

describe('Jaeger', () => {
  test('is asked service by service, gateways first, until all is found', async () => {
    nock(host)
      .get('/api/services')
      .reply(200, { data: ['details.bookinfo', 'istio-ingressgateway.istio-system'], errors: null })
    const query = { service: 'istio-ingressgateway.istio-system', start: '1699999940000000', end: '1700000061000000', limit: '1500' }
    nock(host)
      .get('/api/traces')
      .query(query)
      .reply(200, { data: [jaegerTrace(spans), { traceID: 't2', processes: {}, spans: [] }], errors: null })
    expect(await new Jaeger(json('Jaeger')).find(sought)).toEqual(withKind(spans))
  })

  test('knows the trace by an id into which Envoy has written why it is traced', async () => {
    nock(host)
      .get('/api/services')
      .reply(200, { data: ['istio-ingressgateway.istio-system'] })
    nock(host)
      .get('/api/traces')
      .query(true)
      .reply(200, { data: [jaegerTrace(spans)] })
    const found = await new Jaeger(json('Jaeger')).find({ ...sought, marks: ['0cad79e7-4196-49dc-9f7a-46b54415ec7d'] })
    expect(found).toHaveLength(spans.length)
  })

  test('without services, and without traces, has nothing', async () => {
    nock(host).get('/api/services').reply(200, { data: null, total: 0, errors: null })
    expect(await new Jaeger(json('Jaeger')).find(sought)).toEqual([])
  })

  test('an error in its answer', async () => {
    nock(host)
      .get('/api/services')
      .reply(200, { data: null, errors: [{ code: 500, msg: 'storage is closed' }] })
    await expect(new Jaeger(json('Jaeger')).probe()).rejects.toMatchObject({
      name: 'SourceFailure',
      message: 'cannot answer the question: storage is closed',
    })
  })
})

/** As Tempo writes them. */
function tempoTrace(all: readonly Span[]) {
  const attributes = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  return {
    batches: all.map(({ traceId, id, parentId, kind, service, startMs, tags }) => ({
      resource: { attributes: attributes({ 'service.name': service }) },
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: id,
              ...(parentId !== null && { parentSpanId: parentId }),
              kind: `SPAN_KIND_${kind.toUpperCase()}`,
              startTimeUnixNano: `${startMs}000000`,
              attributes: attributes(tags),
            },
          ],
        },
      ],
    })),
  }
}

describe('Tempo', () => {
  const search = {
    q: `{ span."guid:x-client-trace-id" =~ "${mark}" || span."guid:x-request-id" =~ "${mark}" }`,
    limit: '2',
    start: '1699999940',
    end: '1700000061',
  }

  test('is searched by TraceQL, and then asked for each trace', async () => {
    nock(host)
      .get('/api/search')
      .query(search)
      .reply(200, { traces: [{ traceID: 't1' }] })
    nock(host).get('/api/traces/t1').reply(200, tempoTrace(spans))
    expect(await new Tempo(json('Tempo')).find(sought)).toEqual(spans)
  })

  test('a trace that can be found before it can be read is not there yet', async () => {
    nock(host)
      .get('/api/search')
      .query(search)
      .reply(200, { traces: [{ traceID: 't1' }] })
    nock(host).get('/api/traces/t1').reply(404, 'trace not found')
    expect(await new Tempo(json('Tempo')).find(sought)).toEqual([])
  })

  test('finds nothing', async () => {
    nock(host).get('/api/search').query(search).reply(200, { traces: null, metrics: {} })
    expect(await new Tempo(json('Tempo')).find(sought)).toEqual([])
  })
})

describe.each([
  ['Jaeger', (): TraceSource => new Jaeger(json('Jaeger')), '/api/services'],
  ['Tempo', (): TraceSource => new Tempo(json('Tempo')), '/api/search'],
])('%s', (name, source, path) => {
  test.each([401, 403, 404, 409, 410, 422, 429, 500])('%i is told', async (code) => {
    nock(host).get(path).query(true).times(3).reply(code, 'no')
    await expect(source().find(sought)).rejects.toMatchObject({ name: 'SourceFailure', source: `${name} at ${host}`, status: code })
  })
})

describe('traces that come piece by piece', () => {
  const patience = { deadlineMs: 300, quietMs: 40, pauseMs: 5 }
  const window = { fromMs: 0, toMs: 0 }
  const source = (...looks: readonly (readonly Span[])[]): TraceSource => {
    let look = 0
    return { name: 'a source', phrase: 'a source', patience, probe: async () => {}, find: async () => looks[Math.min(look++, looks.length - 1)]! }
  }

  test('are whole when nothing more comes', async () => {
    expect(await awaitTraces(source([], spans.slice(0, 2), spans.slice(0, 4), spans), [[mark]], window)).toEqual([spans])
  })

  test('one whose parent is missing is waited for', async () => {
    const gap = spans.filter(({ id }) => id !== 'p')
    const start = performance.now()
    expect(await awaitTraces(source(gap), [[mark]], window)).toEqual([gap])
    expect(performance.now() - start).toBeGreaterThan(290)
  })

  test('what never comes is not there', async () => {
    expect(await awaitTraces(source(spans), [[mark], ['another']], window)).toEqual([spans, null])
  })
})

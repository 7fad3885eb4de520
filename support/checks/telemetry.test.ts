import { describe, expect, test } from 'vitest'
import type { Hop } from '../../mesh-core/ir/exchange.ts'
import type { GraphEdge, MetricSample, Telemetry } from '../targets/target.ts'
import { unknownHop } from '../targets/cluster/unknown-hop.ts'
import { graphHasEdge, metricIs, queryGivesBetween, queryGivesExactly, queryGivesMoreThan, queryGivesNothing, someTraceShows } from './telemetry.ts'
import type { TelemetryCheck } from './telemetry.ts'

interface Seen {
  readonly samples?: readonly MetricSample[]
  readonly traces?: readonly (readonly Hop[])[]
  readonly edges?: readonly GraphEdge[]
}

function judge(check: TelemetryCheck, { samples = [], traces = [], edges = [] }: Seen, asked: string[] = []): Promise<string | undefined> {
  const telemetry: Telemetry = {
    query: async (query) => {
      asked.push(query)
      return query.includes('source_workload') ? [{ labels: { destination_workload: 'reviews-v2' }, value: 4 }] : samples
    },
    traces: async () => traces,
    edges: async () => edges,
  }
  return check(telemetry, [])
}

const sample = (value: number, labels: Readonly<Record<string, string>> = {}): MetricSample => ({ value, labels })
const hop = (app: string, version: string, parent: number): Hop => ({
  ...unknownHop,
  app,
  version,
  parent,
  to: { namespace: 'default', name: `${app}-${version}`, instance: '' },
})
const end = (app: string, version: string) => ({ app, version, namespace: 'default' })

describe('the metric is', () => {
  const check = metricIs('istio_requests_total', 100, { response_code: '200' })

  test('asks for the labels, by who counts', async () => {
    const asked: string[] = []
    await judge(check, { samples: [sample(100)] }, asked)
    expect(asked).toEqual(['sum by (reporter) (istio_requests_total{response_code="200"})'])
  })

  test.each([
    [
      'what receivers count goes before what senders count',
      [sample(100, { reporter: 'destination' }), sample(99, { reporter: 'source' })],
      undefined,
    ],
    ['of receivers without a sidecar the senders tell', [sample(100, { reporter: 'source' })], undefined],
    ['another number', [sample(98, { reporter: 'destination' })], 'istio_requests_total is 98.'],
    ['no series', [], 'no series of istio_requests_total has these labels.'],
  ])('%s', async (_, samples, complaint) => {
    const said = await judge(check, { samples })
    expect(said?.split('\n')[0]).toBe(complaint)
    if (complaint) expect(said).toContain('4 for {destination_workload="reviews-v2"}')
  })

  test('a label that no series has', async () => {
    const said = await metricIs('istio_requests_total', 1, { reporter: 'source', color: 'red' })(
      {
        query: async (query) => (query === 'istio_requests_total' || query === 'istio_requests_total{reporter!=""}' ? [sample(1)] : []),
        traces: async () => [],
        edges: async () => [],
      },
      [],
    )
    expect(said).toContain('no series of istio_requests_total has these labels. None has a label color.')
  })

  test('who counts may be said', async () => {
    const said = metricIs('istio_requests_total', 99, { reporter: 'source' })
    expect(await judge(said, { samples: [sample(99, { reporter: 'source' })] })).toBeUndefined()
  })
})

describe('a query', () => {
  test.each([
    [queryGivesExactly('up', 2), [sample(2)], undefined],
    [queryGivesExactly('up', 2), [sample(3)], 'it gives 3.'],
    [queryGivesMoreThan('up', 2), [sample(2)], 'it gives 2.'],
    [queryGivesMoreThan('up', 2), [sample(2.1)], undefined],
    [queryGivesMoreThan('up', 2), [], 'it gives no data.'],
    [queryGivesMoreThan('up', 2), [sample(NaN)], 'it gives NaN.'],
    [queryGivesBetween('up', 1, 2), [sample(2)], undefined],
    [queryGivesBetween('up', 1, 2), [sample(2.01)], 'it gives 2.01.'],
    [queryGivesNothing('up'), [], undefined],
    [queryGivesNothing('up'), [sample(0, { job: 'a' })], 'it gives 0 for {job="a"}.'],
  ])('%#', async (check, samples, complaint) => expect(await judge(check, { samples })).toBe(complaint))

  test('of several series is no number', async () => {
    await expect(judge(queryGivesExactly('up', 1), { samples: [sample(1, { a: 'x' }), sample(1, { a: 'y' })] })).rejects.toMatchObject({
      name: 'StatementFailed',
      message: expect.stringContaining('gives 2 series'),
    })
  })
})

describe('a trace shows', () => {
  const page = [hop('productpage', 'v1', -1), hop('details', 'v1', 0), hop('reviews', 'v2', 0), hop('ratings', 'v1', 2)]

  test.each([
    [[['productpage', 'reviews:v2', 'ratings']], [page], undefined],
    [
      [
        ['productpage', 'details'],
        ['reviews', 'ratings'],
      ],
      [page],
      undefined,
    ],
    [[['details', 'ratings']], [page], 'the traces show productpage:v1 -> details:v1, productpage:v1 -> reviews:v2 -> ratings:v1.'],
    [[['productpage', 'ratings']], [page], 'the traces show productpage:v1 -> details:v1, productpage:v1 -> reviews:v2 -> ratings:v1.'],
    // Each row in a trace of its own is not one trace with both.
    [[['a'], ['b']], [[hop('a', 'v1', -1)], [hop('b', 'v1', -1)]], 'the traces show a:v1; b:v1.'],
    [[['a']], [], 'no trace was found of what was sent.'],
  ])('%j', async (rows, traces, complaint) => expect(await judge(someTraceShows(rows), { traces })).toBe(complaint))
})

describe('the service graph has the edge', () => {
  const edges = [{ from: end('productpage', 'v1'), to: end('reviews', 'v2') }]

  test.each([
    ['productpage -> reviews', undefined],
    ['productpage:v1 -> reviews.default:v2', undefined],
    ['productpage -> reviews:v1', 'the graph has productpage:v1 -> reviews:v2.'],
    ['reviews -> productpage', 'the graph has productpage:v1 -> reviews:v2.'],
  ])('%s', async (text, complaint) => expect(await judge(graphHasEdge(text), { edges })).toBe(complaint))

  test('no graph, and no edge', async () => {
    expect(await judge(graphHasEdge('a -> b'), {})).toBe('the graph has no edges.')
    expect(() => graphHasEdge('a -> b -> c')).toThrow(/is no edge/)
  })
})

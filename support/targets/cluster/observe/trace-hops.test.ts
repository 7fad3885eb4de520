import { describe, expect, test } from 'vitest'
import { pathsOf } from '../../../checks/evidence.ts'
import type { Pod } from '../pods/pod.ts'
import { pageTrace } from './istio-spans.fixture.ts'
import type { Span } from './span.ts'
import { hopsOfSpans, untoldBySpans } from './trace-hops.ts'
import type { Known } from './trace-hops.ts'

const known: Known = {
  pods: [],
  namespace: (real) => (real === 'bookinfo' ? 'default' : real),
  text: (real) => real.replace('.bookinfo.', '.default.'),
}
const spans = pageTrace('m')
const without = (...ids: string[]): readonly Span[] => spans.filter(({ id }) => !ids.includes(id))

describe('the way of a request, by the spans of its proxies', () => {
  const hops = hopsOfSpans(spans, known)

  test('who received what from whom', () => {
    expect(
      hops.map(({ app, version, parent, from, to, service, status }) => [
        app,
        version,
        parent,
        from?.name ?? null,
        to?.name ?? null,
        service,
        status,
      ]),
    ).toEqual([
      ['productpage', 'v1', -1, null, 'productpage-v1', 'productpage.default.svc.cluster.local', 200],
      [null, null, 0, 'productpage-v1', null, 'details.default.svc.cluster.local', 500],
      ['reviews', 'v2', 0, 'productpage-v1', 'reviews-v2', 'reviews.default.svc.cluster.local', 200],
    ])
    expect(hops[0]!.to).toEqual({ namespace: 'default', name: 'productpage-v1', instance: 'productpage-v1-7498b5bd44-r4trn' })
    expect(pathsOf({ hops })).toEqual(['productpage:v1 -> reviews:v2'])
  })

  test('labels of pods that are known go before names', () => {
    const pod = {
      name: 'reviews-v2-54465994f9-npqbq',
      namespace: 'bookinfo',
      workload: 'critics',
      app: 'critic',
      version: 'v9',
      ip: '10.244.0.7',
    } as Pod
    expect(pathsOf({ hops: hopsOfSpans(spans, { ...known, pods: [pod] }) })).toEqual(['productpage:v1 -> critic:v9'])
  })

  test('spans that the two sides share (Zipkin)', () => {
    const shared = without('g1').map((span) =>
      span.id === 'p' ? { ...span, id: 'g', parentId: null } : span.parentId === 'p' ? { ...span, parentId: 'g' } : span,
    )
    expect(hopsOfSpans(shared, known).map(({ app, parent }) => [app, parent])).toEqual([
      ['productpage', -1],
      [null, 0],
      ['reviews', 0],
    ])
  })

  test('a receiver without a sidecar is known by the address that was dialled', () => {
    const pod = {
      name: 'productpage-v1-x',
      namespace: 'bookinfo',
      workload: 'productpage-v1',
      app: 'productpage',
      version: 'v1',
      ip: '10.244.0.9',
    } as Pod
    const [hop] = hopsOfSpans(without('p', 'r', 'rr', 'd'), { ...known, pods: [pod] })
    expect(hop).toMatchObject({ parent: -1, to: { name: 'productpage-v1', instance: 'productpage-v1-x' }, version: 'v1', status: 200 })
    // Nobody is known to be there: the service is, its version is not.
    expect(hopsOfSpans(without('p', 'r', 'rr', 'd'), known)[0]).toMatchObject({ app: 'productpage', version: null })
  })

  test('a request from a pod has that for its sender', () => {
    const [hop] = hopsOfSpans(
      without('g', 'g1', 'p', 'd').map((span) => (span.id === 'r' ? { ...span, parentId: null } : span)),
      known,
    )
    expect(hop).toMatchObject({ parent: -1, from: { namespace: 'default', name: 'productpage-v1' }, to: { name: 'reviews-v2' } })
  })
})

describe('what spans do not tell', () => {
  const hops = hopsOfSpans(spans, known)
  const untold = untoldBySpans(hops, 'traces of Jaeger', new Set(['ratings']))

  test.each([
    ['reviews', 'v1', null],
    ['reviews', null, null],
    ['ratings', null, null],
    ['details', null, 'the traces of Jaeger show nothing of details; what an application asks for without passing trace headers on is not seen'],
  ])('%s %s', (name, version, reason) => expect(untold({ name, version })).toBe(reason))

  test('two workloads that one request arrived at: a retry, or a copy', () => {
    const twice = [
      ...spans,
      { ...spans.find(({ id }) => id === 'rr')!, id: 'r3', tags: { ...spans.find(({ id }) => id === 'rr')!.tags, 'istio.canonical_revision': 'v3' } },
    ]
    expect(untoldBySpans(hopsOfSpans(twice, known), 'traces of Jaeger', new Set())({ name: 'reviews', version: 'v3' })).toMatch(
      /not which of them are retries/,
    )
  })
})

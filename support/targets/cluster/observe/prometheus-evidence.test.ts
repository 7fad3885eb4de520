import { describe, expect, test } from 'vitest'
import { pathsOf } from '../../../checks/evidence.ts'
import type { MetricSample } from '../../target.ts'
import { edgesOf, evidenceOfCounts } from './prometheus-evidence.ts'

const sample = (source: string, app: string, version: string, value: number, reporter = 'destination'): MetricSample => ({
  labels: {
    reporter,
    source_workload: source,
    source_workload_namespace: source === 'istio-ingressgateway' ? 'istio-system' : 'bookinfo',
    destination_workload: `${app}-${version}`,
    destination_workload_namespace: 'bookinfo',
    destination_app: app,
    destination_version: version,
    response_code: '200',
  },
  value,
})

const edges = (...samples: readonly MetricSample[]) => edgesOf(samples, (real) => real)
const requests = (count: number) => Array.from({ length: count }, () => ({ response: null }))
const paths = (count: number, samples: readonly MetricSample[], sender: string | null = null): readonly string[] =>
  evidenceOfCounts(requests(count), edges(...samples), sender).map((evidence) => pathsOf(evidence).join(', '))

describe('what was counted, shared out among the requests', () => {
  const page = [
    sample('istio-ingressgateway', 'productpage', 'v1', 4),
    sample('productpage-v1', 'reviews', 'v1', 2),
    sample('productpage-v1', 'reviews', 'v2', 2),
    sample('reviews-v2', 'ratings', 'v1', 2),
  ]

  test('each way as often as it was taken', () => {
    expect(paths(4, page)).toEqual([
      'productpage.bookinfo:v1 -> reviews.bookinfo:v1',
      'productpage.bookinfo:v1 -> reviews.bookinfo:v1',
      'productpage.bookinfo:v1 -> reviews.bookinfo:v2 -> ratings.bookinfo:v1',
      'productpage.bookinfo:v1 -> reviews.bookinfo:v2 -> ratings.bookinfo:v1',
    ])
  })

  test('from a pod, what that has sent', () =>
    expect(paths(4, page, 'bookinfo/productpage-v1').toSorted()).toEqual([
      'reviews.bookinfo:v1',
      'reviews.bookinfo:v1',
      'reviews.bookinfo:v2 -> ratings.bookinfo:v1',
      'reviews.bookinfo:v2 -> ratings.bookinfo:v1',
    ]))

  test('a request that nobody received', () =>
    expect(paths(3, [sample('istio-ingressgateway', 'productpage', 'v1', 2)])).toEqual(['productpage.bookinfo:v1', 'productpage.bookinfo:v1', '']))

  test("more than was sent is somebody else's, too: nothing is told", () => {
    const [evidence] = evidenceOfCounts(requests(1), edges(sample('istio-ingressgateway', 'productpage', 'v1', 2)), null)
    expect(evidence!.untold!({ name: 'reviews', version: null })).toMatch(/has counted 2 requests to productpage where 1 were sent/)
  })

  test('what was not counted for anybody reached nobody', () => {
    const [evidence] = evidenceOfCounts(requests(4), edges(...page), null)
    expect(evidence!.untold!({ name: 'details', version: null })).toBeNull()
  })

  test('which pod it was is not known', () => expect(evidenceOfCounts(requests(1), edges(...page), null)[0]!.hops[0]!.to!.instance).toBe(''))
})

describe('who has counted', () => {
  test('receivers before senders', () => {
    expect(edges(sample('a', 'b', 'v1', 2), sample('a', 'b', 'v1', 3, 'source')).map(({ count }) => count)).toEqual([2])
  })

  test('senders, of receivers without a sidecar', () => {
    expect(edges(sample('a', 'b', 'v1', 3, 'source')).map(({ count }) => count)).toEqual([3])
  })

  test('nobody, of what went nowhere', () => {
    const nowhere = { labels: { ...sample('a', 'b', 'v1', 1, 'source').labels, destination_workload: 'unknown' }, value: 1 }
    expect(edges(nowhere, sample('a', 'b', 'v1', 0))).toEqual([])
  })
})

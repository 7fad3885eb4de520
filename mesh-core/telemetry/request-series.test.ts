import { expect, test } from 'vitest'
import { query } from './promql/evaluate.ts'
import { QueryNotModelled, QueryProblem } from './promql/value.ts'
import { momentOf, requestSeries } from './request-series.ts'

const requests = [5, 5.7, 6, 20].map((durationMs, i) => ({
  labels: { requests_total: { code: '200' }, request_duration_milliseconds: { code: '200' } },
  durationMs,
  endMs: 100 * i,
}))
const ask = (text: string): readonly number[] => query(text, requestSeries(requests), momentOf(301)).map(({ value }) => value)

test('whole milliseconds are counted, up to the bound and with it', () => {
  expect(ask('istio_request_duration_milliseconds_bucket{le="5"}')).toEqual([2])
  expect(ask('istio_request_duration_milliseconds_bucket{le="10"}')).toEqual([3])
  expect(ask('istio_request_duration_milliseconds_bucket{le="+Inf"}')).toEqual([4])
  expect(ask('istio_request_duration_milliseconds_sum')).toEqual([36])
})

test('all that has ended by now is counted now', () => {
  expect(momentOf(301)).toBe(1000)
  expect(momentOf(2000)).toBe(2000)
  expect(ask('istio_requests_total')).toEqual([4])
})

test('of a metric that Istio has nobody can say that there is no data; a name that it has not is misspelled', () => {
  expect(() => ask('istio_response_bytes_sum')).toThrow(QueryNotModelled)
  expect(() => ask('istio_tcp_connections_opened_total')).toThrow(QueryNotModelled)
  expect(() => ask('http_requests_total')).toThrow(QueryNotModelled)
  expect(() => ask('istio_request_total')).toThrow(
    new QueryProblem(
      'no mesh counts istio_request_total; what is: istio_requests_total, istio_request_duration_milliseconds_bucket, istio_request_duration_milliseconds_sum, istio_request_duration_milliseconds_count',
    ),
  )
})

import { describe, expect, test } from 'vitest'
import { scoped } from './promql-scope.ts'

const scope = {
  since: 1700000000.5,
  namespaces: ['m-1', 'm-1-prod'],
  real: (text: string) => text.replace('.default.', '.m-1.'),
  realNamespace: (name: string) => (name === 'default' ? 'm-1' : name),
}

/** What a counter has counted since the scenario began. */
const since = (matchers: string): string => {
  const [to, from] = ['destination', 'source'].map(
    (end) =>
      `istio_requests_total{${matchers === '' ? '' : `${matchers},`}${end}_workload_namespace=~"m-1|m-1-prod",destination_service!~"barrier-.+[.]meshspec[.]internal.*"}`,
  )
  return `((${to} - ${to} @ 1700000000.5) or ${to} or (${from} - ${from} @ 1700000000.5) or ${from})`
}

describe('a counter of the mesh begins with the scenario', () => {
  test.each([
    ['istio_requests_total', `(${since('')} > 0)`],
    ['istio_requests_total{}', `(${since('')} > 0)`],
    ["sum(istio_requests_total{code='200'}) by (le) > 3", `sum((${since("code='200'")} > 0)) by (le) > 3`],
    ['rate(istio_requests_total[1m30s])', `rate(clamp_min(${since('')}, 0)[1m30s:1s])`],
    ['max_over_time(istio_requests_total[5m:10s])', `max_over_time((${since('')} > 0)[5m:10s])`],
  ])('%s', (query, wanted) => expect(scoped(query, scope)).toBe(wanted))
})

describe('namespaces are called as in the cluster', () => {
  test.each([
    ['up{namespace="default"}', 'up{namespace="m-1"}'],
    ['up{namespace=~"default|prod",a!=\'x\'}', 'up{namespace=~"m-1|prod",a!=\'x\'}'],
    ['up{service="reviews.default.svc.cluster.local"}', 'up{service="reviews.m-1.svc.cluster.local"}'],
    ['up{pod="default"}', 'up{pod="default"}'],
    ['time() - process_start_time_seconds', 'time() - process_start_time_seconds'],
  ])('%s', (query, wanted) => expect(scoped(query, scope)).toBe(wanted))
})

test.each(['', 'sum(', 'foo{', 'rate(istio_requests_total[)', 'sum(up) sum(up)'])('%j is no PromQL', (query) => {
  expect(() => scoped(query, scope)).toThrow(/is no PromQL/)
})

test.each(['istio_requests_total offset 5m', 'sum(istio_requests_total @ 1)'])('%s looks at a time before the scenario', (query) => {
  expect(() => scoped(query, scope)).toThrow(/another time than now/)
})

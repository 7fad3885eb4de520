import { expect, test } from 'vitest'
import type { PodAnswer, PodCall } from '../../pods/agent.ts'
import type { Pod } from '../../pods/pod.ts'
import type { Count, Counts } from './own-answers.ts'
import { answererOf, areUnreached, countAtGateways } from './own-answers.ts'

const gateways = ['one', 'two'].map((name, i) => ({ namespace: 'a', name, ip: `10.0.0.${i}` }) as Pod)

/** By the address of the pod. */
const asker = (answers: Readonly<Record<string, Partial<PodAnswer>>>) => ({
  asked: [] as PodCall[],
  call(call: PodCall): Promise<PodAnswer> {
    this.asked.push(call)
    return Promise.resolve({ ms: 1, ...answers[call.host] })
  },
})

const counts = `# TYPE envoy_http_no_route counter
envoy_http_no_route{http_conn_manager_prefix="outbound_0.0.0.0_8080;"} 2
# TYPE envoy_http_rbac_denied counter
envoy_http_rbac_denied{http_conn_manager_prefix="outbound_0.0.0.0_8080;"} 1

# TYPE envoy_http_rq_direct_response counter
envoy_http_rq_direct_response{http_conn_manager_prefix="outbound_0.0.0.0_15998;"} 7
# TYPE envoy_http_downstream_rq_total counter
envoy_http_downstream_rq_total{http_conn_manager_prefix="outbound_0.0.0.0_8080;"} 5
envoy_http_downstream_rq_total{http_conn_manager_prefix="outbound_0.0.0.0_15998;"} 30
envoy_http_downstream_rq_total{http_conn_manager_prefix="stats"} 31
envoy_http_downstream_cx_total{http_conn_manager_prefix="outbound_0.0.0.0_8080;"} 2
envoy_listener_downstream_cx_total{listener_address="0.0.0.0_8080"} 3
envoy_listener_downstream_cx_total{listener_address="0.0.0.0_8443"} 1
envoy_listener_downstream_cx_total{listener_address="0.0.0.0_15998"} 32
envoy_listener_downstream_cx_total{listener_address="0.0.0.0_15090"} 33
envoy_listener_downstream_cx_total{listener_address="0.0.0.0_15021"} 34
`

test('what gateways have answered by themselves is counted, without the answers of the barrier; who does not tell is left out', async () => {
  const one = asker({ '10.0.0.0': { status: 200, body: counts }, '10.0.0.1': { error: 'ECONNREFUSED' } })
  expect(await countAtGateways(gateways, one)).toEqual(new Map([['a/one', { answers: 3, arrivals: 9 }]]))
  expect(decodeURIComponent(one.asked[0]!.path)).toBe(
    '/stats/prometheus?usedonly&filter=\\.(no_route|no_cluster|rq_direct_response|rq_redirect|rbac\\.(?:.*\\.)?denied|jwt_authn\\.denied|fault\\.aborts_injected|downstream_rq_total|downstream_cx_total)$',
  )
})

test.each([
  ['the one whose count has grown', { 'a/one': 1, 'a/two': 4 }, { 'a/one': 2, 'a/two': 4 }, 'one'],
  ['one that had none', {}, { 'a/two': 1 }, 'two'],
  ['nobody of them', { 'a/one': 1 }, { 'a/one': 1 }, undefined],
  ['one of two, which cannot be told', {}, { 'a/one': 1, 'a/two': 1 }, undefined],
])('the answer is of %s', (_, before, after, wanted) => {
  expect(answererOf(gateways, countsOf(before, 'answers'), countsOf(after, 'answers'))?.name).toBe(wanted)
})

test.each([
  ['nothing has come', { 'a/one': 1, 'a/two': 4 }, { 'a/one': 1, 'a/two': 4 }, true],
  ['something has come to one', { 'a/one': 1, 'a/two': 4 }, { 'a/one': 1, 'a/two': 5 }, false],
  ['one has not told before', { 'a/one': 1 }, { 'a/one': 1, 'a/two': 0 }, false],
  ['one has not told since', { 'a/one': 1, 'a/two': 0 }, { 'a/one': 1 }, false],
])('%s', (_, before, after, wanted) => {
  expect(areUnreached(gateways, countsOf(before, 'arrivals'), countsOf(after, 'arrivals'))).toBe(wanted)
})

test('where there are no gateways that are asked, none is known to have got nothing', () => {
  expect(areUnreached([], new Map(), new Map())).toBe(false)
})

function countsOf(counts: Readonly<Record<string, number>>, of: keyof Count): Counts {
  return new Map(Object.entries(counts).map(([key, count]) => [key, { answers: 0, arrivals: 0, [of]: count }]))
}

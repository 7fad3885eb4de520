import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { ProxyTelemetry } from '../../ir/telemetry.ts'

const pod = (name: string, namespace: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {containers: [{name: app, image: a}]}\n`

const telemetry = (name: string, namespace: string, spec: string): string =>
  `apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${spec}}\n`

/** What the proxy of pod `a` of namespace `default` tells. */
function told(...config: readonly string[]): ProxyTelemetry {
  const mesh = createMesh({})
  mesh.apply(readText([pod('a', 'default'), ...config].join('---\n'), 'a.yaml').resources)
  return mesh.telemetryOf(mesh.registry.workloads.find(({ ref }) => ref.name === 'a')!)
}

const plain = [{ metrics: {} }]
const off = '{match: {mode: CLIENT_AND_SERVER}, disabled: true}'
const noCounts = '{match: {metric: REQUEST_COUNT}, disabled: true}'
const withoutCounts = [{ metrics: { requests_total: { drops: true, removes: [], tags: {} } } }]

test('without a Telemetry both sides are counted, and spans reported', () => {
  expect(told()).toEqual({ client: { stats: plain, reportsSpans: true }, server: { stats: plain, reportsSpans: true } })
})

test.each<[string, readonly string[], ProxyTelemetry['client']['stats']]>([
  ['the mesh', [telemetry('t', 'istio-system', `metrics: [{overrides: [${off}]}]`)], []],
  ['the namespace', [telemetry('t', 'default', `metrics: [{overrides: [${noCounts}]}]`)], withoutCounts],
  ['another namespace', [telemetry('t', 'other', `metrics: [{overrides: [${off}]}]`)], plain],
  ['the workload', [telemetry('t', 'default', `selector: {matchLabels: {app: a}}, metrics: [{overrides: [${noCounts}]}]`)], withoutCounts],
  ['others of the namespace', [telemetry('t', 'default', `selector: {matchLabels: {app: b}}, metrics: [{overrides: [${off}]}]`)], plain],
  // Those of the root namespace that select are for the pods of that namespace.
  [
    'selected from the root namespace',
    [telemetry('t', 'istio-system', `selector: {matchLabels: {app: a}}, metrics: [{overrides: [${off}]}]`)],
    plain,
  ],
  [
    'only the oldest of a namespace',
    [telemetry('t', 'default', 'tracing: []'), telemetry('u', 'default', `metrics: [{overrides: [${off}]}]`)],
    plain,
  ],
  [
    'what is more special prevails',
    [telemetry('t', 'istio-system', `metrics: [{overrides: [${off}]}]`), telemetry('t', 'default', `metrics: [{overrides: [${noCounts}]}]`)],
    withoutCounts,
  ],
  [
    'more special providers take the place of others',
    [
      telemetry('t', 'istio-system', 'metrics: [{providers: [{name: prometheus}]}]'),
      telemetry('t', 'default', 'metrics: [{providers: [{name: stackdriver}]}]'),
    ],
    [],
  ],
  ['no provider of that name', [telemetry('t', 'default', 'metrics: [{providers: [{name: nobody}]}]')], []],
  ['names of providers in any case', [telemetry('t', 'default', 'metrics: [{providers: [{name: Prometheus}]}]')], plain],
])('%s', (_, config, wanted) => {
  const { client, server } = told(...config)
  expect([client.stats, server.stats]).toEqual([wanted, wanted])
})

test('one side', () => {
  const { client, server } = told(telemetry('t', 'default', 'metrics: [{overrides: [{match: {mode: SERVER}, disabled: true}]}]'))
  expect([client.stats, server.stats]).toEqual([plain, []])
})

test('tags of several add up, the last of a name stays', () => {
  const tags = (text: string): string => `{overrides: [{match: {metric: REQUEST_DURATION, mode: CLIENT}, tagOverrides: {${text}}}]}`
  const { client } = told(
    telemetry('t', 'istio-system', `metrics: [${tags('a: {value: request.host}, b: {value: request.path}')}]`),
    telemetry('t', 'default', `metrics: [${tags('b: {operation: REMOVE}, c: {operation: UPSERT, value: request.method}')}]`),
  )
  expect(client.stats).toEqual([
    { metrics: { request_duration_milliseconds: { drops: false, removes: ['b'], tags: { a: 'request.host', c: 'request.method' } } } },
  ])
})

test('what is said of all metrics turns none of them off', () => {
  const { client } = told(telemetry('t', 'default', 'metrics: [{overrides: [{tagOverrides: {a: {value: request.host}}}]}]'))
  expect(client.stats).toHaveLength(1)
  expect(client.stats[0]!.metrics['requests_total']).toEqual({ drops: false, removes: [], tags: { a: 'request.host' } })
})

test('spans of one side, and of both again', () => {
  const silent = 'tracing: [{match: {mode: CLIENT}, disableSpanReporting: true}]'
  expect(told(telemetry('t', 'istio-system', silent))).toMatchObject({ client: { reportsSpans: false }, server: { reportsSpans: true } })
  const again = telemetry('t', 'default', 'tracing: [{disableSpanReporting: false}]')
  expect(told(telemetry('t', 'istio-system', silent), again).client.reportsSpans).toBe(true)
})

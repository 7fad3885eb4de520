import { describe, expect, test } from 'vitest'
import type { CountedObservation, ObservedCase, SingleObservation } from './case.ts'
import { compareCall, compareWhole } from './compare.ts'
import type { Outcome } from './play.ts'

const single: SingleObservation = {
  status: 200,
  flags: '-',
  route: 'default',
  cluster: 'outbound|80||c.default.svc.cluster.local',
  details: 'via_upstream',
  headers: { server: 'envoy', 'x-list': ['a', 'b'] },
  reached: [
    { workload: 'c-v1', namespace: 'default', port: 8080, method: 'GET', path: '/x', authority: 'c', headers: { 'x-added': '1', 'x-gone': null } },
  ],
  mirrored: [{ workload: 'b-v1', namespace: 'default', method: 'GET', path: '/x', authority: 'b', headers: {} }],
  inbound: [{ workload: 'c-v1.default', status: 200, flags: '-', route: 'default', cluster: 'inbound|8080||', details: 'via_upstream' }],
  candidates: ['c-v1', 'c-v2'],
  lb: 'LEAST_REQUEST',
  durationMs: 500,
}
const counted: CountedObservation = {
  times: 200,
  statuses: { 200: 110, 503: 90 },
  workloads: { 'b-v1': 110 },
  flags: { '-': 110, FI: 90 },
  clusters: { x: 200 },
  mirrored: { 'b-v2': 100, 'c-v1': 90 },
}

function vectorOf(observed: SingleObservation | CountedObservation, more: Partial<ObservedCase> = {}): ObservedCase {
  const behaviour = { 'c-v1.default': { delay: '500ms' } }
  return { name: 'case', behaviour, calls: [{ from: 'a.default', request: 'GET http://c/x' }], observed: [observed], ...more }
}

const arrival = single.reached[0]!
const entry = single.inbound![0]!
const fields = (wanted: ObservedCase, seen: SingleObservation | CountedObservation): string[] =>
  compareCall(wanted, 0, seen).map(({ field }) => field)

test('an observation is as it was recorded', () => expect(fields(vectorOf(single), single)).toEqual([]))
test('counts are as they were recorded', () => expect(fields(vectorOf(counted), counted)).toEqual([]))

test.each(['tls: UNEXPECTED_EOF_WHILE_READING (_ssl.c:1)', 'tls: EOF occurred in violation of protocol (_ssl.c:1)'])(
  'a connection that ended within TLS, "%s", was closed',
  (error) => {
    const ended: SingleObservation = { ...single, status: 0, error, reached: [], mirrored: [], inbound: [] }
    expect(fields(vectorOf(ended), { ...ended, error: 'closed' })).toEqual([])
    expect(fields(vectorOf(ended), { ...ended, error: 'refused' })).toEqual(['error'])
  },
)

test('a listener that waits for a missing Secret closes connections', () => {
  const refused: SingleObservation = { ...single, status: 0, error: 'refused', reached: [], mirrored: [], inbound: [] }
  const dropped = ['listener 0.0.0.0_8443 waits for the missing secret kubernetes://shop']
  expect(fields(vectorOf(refused), { ...refused, error: 'closed' })).toEqual(['error'])
  expect(fields(vectorOf(refused, { dropped }), { ...refused, error: 'closed' })).toEqual([])
  expect(fields(vectorOf(refused, { dropped }), { ...refused, error: 'timeout' })).toEqual(['error'])
})

test('a refusal stands for as many as were to be sent', () => {
  const refused: SingleObservation = {
    status: 0,
    error: 'refused',
    flags: '-',
    route: '-',
    cluster: '-',
    headers: {},
    reached: [],
    mirrored: [],
    durationMs: 0,
  }
  const calls = [{ from: 'ingressgateway', request: 'GET http://c/x', times: 200 }]
  const none = { workloads: {}, flags: {}, clusters: {} }
  expect(fields(vectorOf(refused, { calls }), { times: 200, statuses: { refused: 200 }, ...none })).toEqual([])
  expect(fields(vectorOf(refused, { calls }), { times: 200, statuses: { closed: 200 }, ...none })).toEqual(['statuses'])
  const alert = { times: 200, statuses: { 'BadStatusLine: \u0015\u0003\u0001': 200 }, ...none }
  expect(fields(vectorOf(alert, { calls }), { times: 200, statuses: { closed: 200 }, ...none })).toEqual([])
  expect(fields(vectorOf(alert, { calls }), { times: 200, statuses: { refused: 200 }, ...none })).toEqual(['statuses'])
  const closed: SingleObservation = { ...refused, error: 'closed' }
  expect(fields(vectorOf(closed, { calls }), { times: 200, statuses: { refused: 200 }, ...none })).toEqual(['observed'])
})

const mutations: [string, Partial<SingleObservation>][] = [
  ['status', { status: 503 }],
  ['error', { error: 'closed' }],
  ['flags', { flags: 'UH' }],
  ['route', { route: '-' }],
  ['cluster', { cluster: 'outbound|80|v1|c.default.svc.cluster.local' }],
  ['details', { details: 'direct_response' }],
  ['candidates', { candidates: ['c-v1'] }],
  ['lb', { lb: 'RANDOM' }],
  ['headers.server', { headers: { 'x-list': ['a', 'b'] } }],
  ['headers.x-list', { headers: { server: 'envoy', 'x-list': ['b', 'a'] } }],
  ['headers.x-more', { headers: { ...single.headers, 'x-more': '1' } }],
  ['reached.length', { reached: [arrival, arrival] }],
  ['reached[0].workload', { reached: [{ ...arrival, workload: 'b-v1' }] }],
  ['reached[0].namespace', { reached: [{ ...arrival, namespace: 'other' }] }],
  ['reached[0].method', { reached: [{ ...arrival, method: 'POST' }] }],
  ['reached[0].path', { reached: [{ ...arrival, path: '/' }] }],
  ['reached[0].authority', { reached: [{ ...arrival, authority: 'c:80' }] }],
  ['reached[0].port', { reached: [{ ...arrival, port: 9090 }] }],
  ['reached[0].body', { reached: [{ ...arrival, body: 'other' }] }],
  ['reached[0].headers.x-added', { reached: [{ ...arrival, headers: { 'x-gone': null } }] }],
  ['reached[0].headers.x-gone', { reached: [{ ...arrival, headers: { 'x-added': '1' } }] }],
  ['mirrored.length', { mirrored: [] }],
  ['mirrored[0].workload', { mirrored: [{ ...single.mirrored[0]!, workload: 'b-v2' }] }],
  ['inbound.length', { inbound: [] }],
  ['inbound[0].route', { inbound: [{ ...entry, route: '-' }] }],
  ['durationMs', { durationMs: 551 }],
]
test.each(mutations)('a difference in %s is reported', (field, mutation) =>
  expect(fields(vectorOf(single), { ...single, ...mutation })).toEqual([field]),
)

const countMutations: [string, Partial<CountedObservation>][] = [
  ['times', { times: 199 }],
  ['statuses', { statuses: { 200: 200 } }],
  ['workloads', { workloads: { 'b-v1': 110, 'b-v2': 90 } }],
  ['flags', { flags: { '-': 10, FI: 190 } }],
  ['clusters', { clusters: { y: 200 } }],
  ['mirrored', { mirrored: {} }],
]
test.each(countMutations)('a difference in the counts of %s is reported', (field, mutation) =>
  expect(fields(vectorOf(counted), { ...counted, ...mutation })).toEqual([field]),
)

test('a body is compared where it was recorded', () => {
  expect(fields(vectorOf({ ...single, body: 'no healthy upstream' }), single)).toEqual(['body'])
  expect(fields(vectorOf(single), { ...single, body: 'anything' })).toEqual([])
})

test('any of the candidates may be reached', () => {
  const other = { ...single, reached: [{ ...arrival, workload: 'c-v2' }], inbound: [{ ...entry, workload: 'c-v2.default' }] }
  expect(fields(vectorOf(single), other)).toEqual([])
})

test('who is asked before a candidate is reached is none of them, and must be the same', () => {
  const asked = { ...single, reached: [{ ...arrival, workload: 'guard' }] }
  expect(fields(vectorOf(asked), asked)).toEqual([])
  expect(fields(vectorOf(asked), { ...asked, reached: [{ ...arrival, workload: 'other' }] })).toEqual(['reached[0].workload'])
})

test('who has got a copy is none of the candidates', () => {
  const copied = { ...single, inbound: [entry, { ...entry, workload: 'b-v2.default' }] }
  expect(fields(vectorOf(copied), copied)).toEqual([])
  expect(fields(vectorOf(copied), { ...copied, inbound: [entry, { ...entry, workload: 'c-v2.default' }] })).toEqual(['inbound[1].workload'])
})

test('nobody chooses among an endpoint that is listed twice', () => {
  const { candidates: _, lb: __, ...chosen } = single
  expect(fields(vectorOf({ ...single, candidates: ['192.0.2.11'] }), chosen)).toEqual([])
  expect(fields(vectorOf({ ...single, candidates: ['192.0.2.11', '192.0.2.12'] }), chosen)).toEqual(['candidates', 'lb'])
  expect(fields(vectorOf({ ...single, candidates: ['c-v1'] }), chosen)).toEqual(['candidates', 'lb'])
  const entry = { cluster: 'outbound|80||api.ext.test' }
  expect(fields(vectorOf({ ...single, ...entry, candidates: ['ext-v1'] }), { ...chosen, ...entry })).toEqual([])
})

test('a hash decides: the candidate must be the same', () => {
  const hashed = { ...single, lb: 'RING_HASH' }
  expect(fields(vectorOf(hashed), { ...hashed, reached: [{ ...arrival, workload: 'c-v2' }] })).toEqual(['reached[0].workload'])
})

test('fields that varied are not compared', () =>
  expect(fields(vectorOf({ ...single, varies: ['reached', 'flags'] }), { ...single, reached: [], flags: 'UH', status: 503 })).toEqual(['status']))

test('durations are compared only where something waits', () =>
  expect(fields(vectorOf(single, { behaviour: {} }), { ...single, durationMs: 0 })).toEqual([]))

test('the waits between tries are chance', () => {
  const twice = { ...single, reached: [arrival, arrival] }
  expect(fields(vectorOf(twice), { ...twice, durationMs: 574 })).toEqual([])
  expect(fields(vectorOf(twice), { ...twice, durationMs: 576 })).toEqual(['durationMs'])
})

test('a missing observation is reported', () => expect(compareCall(vectorOf(single), 0, undefined).map(({ field }) => field)).toEqual(['observed']))

describe('warnings', () => {
  const list = 'VirtualService default/b: 2 errors occurred:\n\t* rule #1 not used\n\t* rule #2 not used\n\n'
  const said = (rule: number, resource = 'VirtualService default/b'): string =>
    `b.yaml:1:2 UNREACHABLE_RULE ${resource} spec.http[${rule}]: rule #${rule} not used`
  test.each([
    ['all of them', [said(1), said(2)], 0],
    ['one is missing', [said(1)], 1],
    ['one more', [said(1), said(2), said(3)], 1],
    ['of another resource', [said(1), said(2, 'VirtualService default/c')], 2],
    ['none', [], 2],
    ['what nobody recorded', [said(1), said(2), 'mesh.yaml:1:2 UNKNOWN_FIELD MeshConfig mesh nope: no such field'], 0],
  ])('%s', (_, warnings, differences) => {
    const outcome: Outcome = { kind: 'observed', observed: [], warnings, notModelled: [] }
    expect(compareWhole(vectorOf(single, { warnings: [list] }), outcome).map(({ field }) => field)).toEqual(Array(differences).fill('warnings'))
  })
})

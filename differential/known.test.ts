import { expect, test } from 'vitest'
import type { ObservedCall } from '../vectors/mesh-observed/case.ts'
import type { Document } from './generate/document.ts'
import { KnownOf } from './known.ts'

const lost = { status: 0, error: 'closed', flags: 'UF,URX', tcp: true, cluster: 'outbound|443||ext.test' }
const document = (kind: string, spec: object, metadata: object = {}) =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'default', ...metadata }, spec }) as unknown as Document
const entry = (endpoint: object) => [document('ServiceEntry', { hosts: ['ext.test'], endpoints: [endpoint] })]
const member = entry({ address: '192.0.2.1', serviceAccount: 'ext' })

interface Told {
  readonly field: string
  readonly wanted: unknown
  readonly seen: unknown
}

const aCall: ObservedCall = { from: 'a.default', request: 'GET http://c/x' }
const sidecars = new Set(['c-v1.default'])

const covered = (config: readonly Document[], answer: object, difference: Told, call = aCall): boolean =>
  new KnownOf('istiod', { config, calls: [call] }, [answer], () => sidecars).covers({ call: '#0 GET http://c/x from a.default', ...difference })

test('a machine of the mesh that does not answer is known, for what a lost connection shows', () => {
  expect(covered(member, lost, { field: 'status', wanted: 0, seen: 200 })).toBe(true)
  expect(covered(member, lost, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
  expect(covered(entry({ address: '192.0.2.1' }), lost, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
  expect(covered(member, { ...lost, cluster: 'outbound|443||other.test' }, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
  expect(covered(member, { ...lost, flags: 'UH' }, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
})

test('endpoints that are known by address alone are known, beside those of names that are the same', () => {
  const answer = { status: 200 }
  expect(covered([], answer, { field: 'candidates', wanted: ['b-v1', 'passthrough'], seen: ['b-v1', 'ext.test'] })).toBe(true)
  expect(covered([], answer, { field: 'candidates', wanted: ['b-v1', 'passthrough'], seen: ['ext.test'] })).toBe(false)
  expect(covered([], answer, { field: 'candidates', wanted: ['b-v1'], seen: ['ext.test'] })).toBe(false)
})

const keeps = (host: string) => document('DestinationRule', { host, trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } })
const mistrusted = {
  status: 503,
  cluster: 'outbound|80||b.default.svc.cluster.local',
  details: 'TLS_error:_SAN_matcher,_certificate_SANs_are_[outbound_',
}

test('a kept destination fails by its certificate, and where a rule keeps it', () => {
  const status = { field: 'status', wanted: 503, seen: 200 }
  expect(covered([keeps('b')], mistrusted, status)).toBe(true)
  expect(covered([keeps('c')], mistrusted, status)).toBe(false)
  expect(covered([], mistrusted, status)).toBe(false)
  expect(covered([keeps('b')], { ...mistrusted, details: 'timeout' }, status)).toBe(false)
  expect(covered([keeps('b')], mistrusted, { field: 'route', wanted: 'x', seen: 'y' })).toBe(false)
})

const arrival = (workload: string) => ({ workload, namespace: 'default' })

test('of a pod that calls itself the status is compared, the log is not', () => {
  const own = { status: 200, cluster: 'inbound|80||', reached: [arrival('a')] }
  expect(covered([], own, { field: 'route', wanted: 'default', seen: 'x' })).toBe(true)
  expect(covered([], own, { field: 'inbound[0].cluster', wanted: 'InboundPassthroughCluster', seen: 'inbound|80||' })).toBe(true)
  expect(covered([], own, { field: 'inbound[0].cluster', wanted: 'inbound|80||', seen: 'inbound|81||' })).toBe(false)
  expect(covered([], own, { field: 'inbound[0].status', wanted: 200, seen: 503 })).toBe(false)
  expect(covered([], own, { field: 'status', wanted: 200, seen: 503 })).toBe(false)
  expect(covered([], { ...own, reached: [arrival('b')] }, { field: 'route', wanted: 'default', seen: 'x' })).toBe(false)
  expect(covered([], { ...own, cluster: 'outbound|80||a' }, { field: 'route', wanted: 'default', seen: 'x' })).toBe(false)
})

const passed = { status: 200, passthrough: true, tcp: true, reached: [arrival('c-v1')] }
const told = (field: string, wanted: unknown, seen: unknown, answer: object = passed) => covered([], answer, { field, wanted, seen })

test('a sidecar that is not there misses its log', () => {
  const log = [{ workload: 'c-v1.default' }]
  expect(told('inbound.length', [], log)).toBe(true)
  expect(told('inbound.length', log, [])).toBe(false)
  expect(told('inbound.length', [], [{ workload: 'b-v1.default' }])).toBe(false)
  expect(told('inbound.length', [], log, { ...passed, passthrough: undefined })).toBe(false)
})

test('a sidecar that is not there misses its edits of plain HTTP, and those alone', () => {
  expect(told('reached[0].path', '/a/../x', '/x')).toBe(true)
  expect(told('reached[0].path', '/a/../x', '/y')).toBe(false)
  expect(told('reached[0].headers.x-forwarded-proto', undefined, 'http')).toBe(true)
  expect(told('reached[0].headers.x-forwarded-proto', 'https', 'http')).toBe(false)
  expect(told('reached[0].headers.x-added', undefined, '1')).toBe(false)
  expect(told('headers.server', undefined, 'istio-envoy')).toBe(true)
  expect(told('headers.location', undefined, '/')).toBe(false)
})

test.each<[string, object]>([
  ['whose receiver has none', { ...passed, reached: [arrival('b-v1')] }],
  ["that the client's proxy has read", { ...passed, tcp: undefined }],
  ['by a rule', { ...passed, passthrough: undefined }],
])('plain HTTP is not edited by a sidecar of the receiver: %s', (_, answer) => {
  expect(told('reached[0].path', '/a/../x', '/x', answer)).toBe(false)
  expect(told('headers.server', undefined, 'istio-envoy', answer)).toBe(false)
})

const ingress = (number: number, defaultEndpoint?: string) => [document('Sidecar', { ingress: [{ port: { number }, defaultEndpoint }] })]
const at9090 = { ...passed, reached: [{ ...arrival('c-v1'), port: 9090 }] }

test.each<[string, boolean, readonly Document[], object]>([
  ['leads to loopback', true, ingress(9090, '127.0.0.1:9090'), at9090],
  ['leads to another port', true, ingress(9090, '0.0.0.0:8080'), at9090],
  ['leads to where it was sent', false, ingress(9090, '0.0.0.0:9090'), at9090],
  ['leads nowhere else', false, ingress(9090), at9090],
  ['leads what comes to another port elsewhere', false, ingress(8080, '127.0.0.1:8080'), at9090],
  ['is not one of the receiver', false, ingress(9090, '127.0.0.1:9090'), { ...at9090, reached: [{ ...arrival('b-v1'), port: 9090 }] }],
  ['is there, of what came by a rule', false, ingress(9090, '127.0.0.1:9090'), { ...at9090, passthrough: undefined }],
])('an ingress past the rules %s: %s', (_, isKnown, config, answer) => {
  expect(covered(config, answer, { field: 'status', wanted: 200, seen: 503 })).toBe(isKnown)
  expect(covered(config, answer, { field: 'reached[0].port', wanted: 9090, seen: 8080 })).toBe(isKnown)
  expect(covered(config, answer, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
})

const slice = document('EndpointSlice', {}, { labels: { 'kubernetes.io/service-name': 'n1' } })
const toSlice: ObservedCall = { from: 'a.default', request: 'GET http://n1.default:80/' }
const refused = { status: 503, details: 'upstream_reset:_Connection_refused' }

test.each<[string, boolean, readonly Document[], object, ObservedCall]>([
  ['kept by a rule for the service', true, [slice, keeps('n1.default.svc.cluster.local')], refused, toSlice],
  ['past the rules', true, [slice], { ...refused, passthrough: true }, toSlice],
  ['by a rule that does not keep it', false, [slice], refused, toSlice],
  ['kept by a rule for another service', false, [slice, keeps('n2')], refused, toSlice],
  ['of another service', false, [slice], { ...refused, passthrough: true }, aCall],
  ['of a service without slices', false, [keeps('n1')], refused, toSlice],
  ['lost otherwise', false, [slice], { ...refused, passthrough: true, details: 'timeout' }, toSlice],
])('the address of a service of slices, %s: %s', (_, isKnown, config, answer, call) => {
  expect(covered(config, answer, { field: 'status', wanted: 503, seen: 200 }, call)).toBe(isKnown)
  expect(covered(config, answer, { field: 'cluster', wanted: 'x', seen: 'y' }, call)).toBe(false)
})

test('fields are counted once, by reason', () => {
  const known = new KnownOf('istiod', { config: member, calls: [aCall] }, [lost])
  for (const field of ['status', 'status', 'flags', 'route']) known.covers({ call: '#0 ', field, wanted: 1, seen: 2 })
  expect([...known.counts.values()]).toEqual([2])
})

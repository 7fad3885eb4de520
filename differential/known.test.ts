import { expect, test } from 'vitest'
import type { ObservedCall } from '../vectors/mesh-observed/case.ts'
import type { Document } from './generate/document.ts'
import type { GeneratedMesh } from './generate/mesh.ts'
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

const covered = (config: readonly Document[], answer: object, difference: Told, call = aCall): boolean =>
  new KnownOf('istiod', { config, calls: [call] }, [answer]).covers({ call: '#0 GET http://c/x from a.default', ...difference })

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

const arrival = (workload: string) => ({ workload, namespace: 'default', headers: {} })

test('of a pod that calls itself the status is compared, the log is not', () => {
  const own = { status: 200, cluster: 'inbound|80||', reached: [arrival('a')] }
  expect(covered([], own, { field: 'route', wanted: 'default', seen: 'x' })).toBe(true)
  expect(covered([], own, { field: 'inbound[0].cluster', wanted: 'InboundPassthroughCluster', seen: 'inbound|80||' })).toBe(true)
  expect(covered([], own, { field: 'inbound[0].cluster', wanted: 'inbound|80||', seen: 'inbound|81||' })).toBe(false)
  expect(covered([], own, { field: 'inbound[0].status', wanted: 200, seen: 503 })).toBe(false)
  expect(covered([], own, { field: 'status', wanted: 200, seen: 503 })).toBe(false)
  const unreached = { ...own, status: 503, reached: [] }
  expect(covered([], unreached, { field: 'flags', wanted: 'UF,URX', seen: '-' })).toBe(true)
  expect(covered([], unreached, { field: 'status', wanted: 503, seen: 200 })).toBe(false)
  expect(covered([], { ...own, reached: [arrival('b')] }, { field: 'route', wanted: 'default', seen: 'x' })).toBe(false)
  expect(covered([], { ...own, cluster: 'outbound|80||a' }, { field: 'route', wanted: 'default', seen: 'x' })).toBe(false)
})

test('whether an authorizer gives up, or who asks it, is chance where both wait equally long', () => {
  const question = { ...arrival('guard'), path: '/envoy.service.auth.v3.Authorization/Check' }
  const late = { status: 0, reached: [question], inbound: [{ workload: 'guard.default', flags: 'DC', details: 'downstream_remote_disconnect' }] }
  const difference = { field: 'inbound[0].details', wanted: 'downstream_remote_disconnect', seen: 'max_duration_timeout' }
  expect(covered([], late, difference)).toBe(true)
  expect(covered([], late, { ...difference, field: 'inbound[0].workload' })).toBe(false)
  expect(covered([], { ...late, reached: [arrival('guard')] }, difference)).toBe(false)
  expect(covered([], { ...late, inbound: [{ workload: 'guard.default', details: 'via_upstream' }] }, difference)).toBe(false)
})

test('of entries of one host of which one is hidden either may be told to be called', () => {
  const entryIn = (namespace: string, more: object) => document('ServiceEntry', { hosts: ['c'], addresses: ['240.0.0.1'], ...more }, { namespace })
  const hidden = [entryIn('other', { exportTo: ['.'] }), entryIn('default', {})]
  const difference = { field: 'cluster', wanted: 'outbound|80||c', seen: 'PassthroughCluster' }
  expect(covered(hidden, {}, difference)).toBe(true)
  expect(covered(hidden, {}, { ...difference, field: 'status' })).toBe(false)
  expect(covered([entryIn('default', { exportTo: ['.'] }), entryIn('default', {})], {}, difference)).toBe(false)
  expect(covered([entryIn('other', { exportTo: ['.'] })], {}, difference)).toBe(false)
})

test('of somebody past the mesh whom entries of several namespaces name either namespace may be told', () => {
  const entryIn = (namespace: string) => document('ServiceEntry', { hosts: ['c'] }, { namespace })
  const difference = { field: 'reached[0].namespace', wanted: 'other', seen: 'default' }
  const past = { cluster: 'PassthroughCluster' }
  expect(covered([entryIn('other'), entryIn('default')], past, difference)).toBe(true)
  expect(covered([entryIn('other'), entryIn('default')], { cluster: 'outbound|80||c' }, difference)).toBe(false)
  expect(covered([entryIn('other'), entryIn('other')], past, difference)).toBe(false)
  expect(covered([entryIn('other'), entryIn('default')], past, { ...difference, field: 'reached[0].workload' })).toBe(false)
})

const keeps = (host: string) => document('DestinationRule', { host, trafficPolicy: { loadBalancer: { simple: 'PASSTHROUGH' } } })
const headless = (name: string) => document('Service', { clusterIP: 'None' }, { name })
const ofService = (name: string) => `outbound|80||${name}.default.svc.cluster.local`
const slice = document('EndpointSlice', {}, { labels: { 'kubernetes.io/service-name': 'n1' } })
const toSlice: ObservedCall = { from: 'a.default', request: 'GET http://n1.default:80/' }
const refused = { status: 503, details: 'upstream_reset:_Connection_refused' }

test.each<[string, boolean, readonly Document[], object, ObservedCall]>([
  ['kept by a rule for the service', true, [slice, keeps('n1.default.svc.cluster.local')], refused, toSlice],
  ['kept by a rule for the service that a rule leads to', true, [slice, keeps('n3')], { ...refused, cluster: ofService('n3') }, toSlice],
  ['of Endpoints', true, [document('Endpoints', {}, { name: 'n1' })], { ...refused, passthrough: true }, toSlice],
  ['past the rules', true, [slice], { ...refused, passthrough: true }, toSlice],
  ['kept by the service without an address that a rule leads to', true, [slice, headless('n3')], { ...refused, cluster: ofService('n3') }, toSlice],
  ['kept by the service without an address of the world', true, [slice], { ...refused, cluster: ofService('h') }, toSlice],
  ['led by a rule to a service with an address', false, [slice, headless('n3')], { ...refused, cluster: ofService('n4') }, toSlice],
  ['by a rule that does not keep it', false, [slice], refused, toSlice],
  ['kept by a rule for another service', false, [slice, keeps('n2')], refused, toSlice],
  ['past the rules, over TCP', true, [slice], { ...lost, passthrough: true }, toSlice],
  ['of another service', false, [slice], { ...refused, passthrough: true }, aCall],
  ['of a service without slices', false, [keeps('n1')], refused, toSlice],
  ['lost otherwise', false, [slice], { ...refused, passthrough: true, details: 'timeout' }, toSlice],
])('the address of a service of slices, %s: %s', (_, isKnown, config, answer, call) => {
  expect(covered(config, answer, { field: 'status', wanted: 503, seen: 200 }, call)).toBe(isKnown)
  expect(covered(config, answer, { field: 'cluster', wanted: 'x', seen: 'y' }, call)).toBe(false)
})

test('a reset of bytes that nobody has read is a matter of moments', () => {
  const closed = { status: 0, error: 'closed', inbound: [{ workload: 'b-v1.default', flags: 'UF,URX' }] } as const
  expect(covered([], closed, { field: 'flags', wanted: 'UR', seen: '-' })).toBe(true)
  expect(covered([], closed, { field: 'flags', wanted: 'UR', seen: 'UF,URX' })).toBe(false)
  expect(covered([], closed, { field: 'status', wanted: 0, seen: 200 })).toBe(false)
  expect(covered([], { ...closed, inbound: [] }, { field: 'flags', wanted: 'UR', seen: '-' })).toBe(false)
})

test('bytes that a receiver takes for HTTP by what the cluster offers are known', () => {
  const inbound = [
    { workload: 'b-v1.default', status: 200, flags: '-', route: 'default', cluster: 'InboundPassthroughCluster', details: 'via_upstream' },
  ]
  const read = { status: 200, route: '-', details: '-', inbound }
  const server = { field: 'headers.server', wanted: 'istio-envoy', seen: undefined }
  expect(covered([], read, server)).toBe(true)
  expect(covered([], read, { field: 'inbound[0].status', wanted: 200, seen: 0 })).toBe(true)
  expect(covered([], read, { field: 'status', wanted: 200, seen: 503 })).toBe(false)
  expect(covered([], { ...read, details: 'via_upstream', route: 'default' }, server)).toBe(false)
  expect(covered([], { ...read, inbound: [{ ...inbound[0]!, details: '-' }] }, server)).toBe(false)
  // What the port is for says how it is read.
  expect(covered([], { ...read, inbound: [{ ...inbound[0]!, cluster: 'inbound|8080||' }] }, server)).toBe(false)
})

test('bytes that a receiver takes for HTTP/2 by what the cluster offers are known, by the second that it takes to close', () => {
  const closed = { status: 0, error: 'closed', tcp: true, durationMs: 1003 }
  const config = [document('Sidecar', { ingress: [{ port: { number: 7000 } }] })]
  expect(covered(config, closed, { field: 'error', wanted: 'closed', seen: undefined })).toBe(true)
  expect(covered(config, closed, { field: 'reached.length', wanted: [], seen: ['c'] })).toBe(true)
  expect(covered(config, closed, { field: 'cluster', wanted: 'a', seen: 'b' })).toBe(false)
  // What a listener is for says how it is read.
  expect(covered([document('Sidecar', {})], closed, { field: 'error', wanted: 'closed', seen: undefined })).toBe(false)
  for (const other of [{ durationMs: 3 }, { durationMs: 5000 }, { tcp: false }, { error: 'timeout' }])
    expect(covered(config, { ...closed, ...other }, { field: 'error', wanted: 'closed', seen: undefined })).toBe(false)
})

test('a route to another name that does not list the port is known to lead nowhere', () => {
  const named = [
    document('Service', { type: 'ExternalName', ports: [{ port: 80 }] }, { name: 'f' }),
    document('VirtualService', { http: [{ route: [{ destination: { host: 'f' } }] }] }),
  ]
  const nowhere = { status: 503, flags: 'NC' }
  const told = { field: 'status', wanted: 503, seen: 200 }
  expect(covered(named, nowhere, told, { ...aCall, request: 'GET http://e:9090/' })).toBe(true)
  expect(covered(named, nowhere, told, { ...aCall, request: 'GET http://e/' })).toBe(false)
  expect(covered(named.slice(0, 1), nowhere, told, { ...aCall, request: 'GET http://e:9090/' })).toBe(false)
  expect(covered(named, { status: 503, flags: 'UF,URX' }, told, { ...aCall, request: 'GET http://e:9090/' })).toBe(false)
})

test('a mirrored copy that a sidecar has taken is known to count as reached', () => {
  const mirrors = [document('VirtualService', { http: [{ mirror: { host: 'b' } }] }, { name: 'v' })]
  const copied = { ...arrival('b-v1'), headers: { 'x-forwarded-for': '127.0.0.1' } }
  const answer = { status: 200, reached: [arrival('b-v2'), copied], inbound: [{ workload: 'b-v1.default' }] }
  const told = { field: 'mirrored.length', wanted: [], seen: ['b-v1: GET /'] }
  expect(covered(mirrors, answer, told)).toBe(true)
  expect(covered([], answer, told)).toBe(false)
  expect(covered(mirrors, { ...answer, inbound: [] }, told)).toBe(false)
  expect(covered(mirrors, answer, { ...told, field: 'status' })).toBe(false)
  expect(covered(mirrors, answer, { ...told, seen: ['b-v1: GET /', 'b-v1: GET /'] })).toBe(false)
  // It may come first.
  expect(covered(mirrors, { ...answer, reached: [copied, arrival('b-v2')] }, told)).toBe(true)
  const behindGateway = { ...answer, reached: [copied, copied] }
  expect(covered(mirrors, behindGateway, told)).toBe(true)
  expect(covered(mirrors, { ...answer, reached: [copied] }, told)).toBe(false)
})

test('a short name that Envoy looks up itself is known to be outside', () => {
  const outside = { status: 200, cluster: 'AllowAnyDynamicDNSCluster', reached: [{ ...arrival('passthrough'), namespace: 'outside' }] }
  const told = { field: 'status', wanted: 200, seen: 503 }
  const calling = (host: string): ObservedCall => ({ from: 'a.default', request: `GET http://${host}/` })
  expect(covered([], outside, told, calling('b:7777'))).toBe(true)
  expect(covered([], outside, { field: 'reached[0].workload', wanted: 'passthrough', seen: 'b-v1' }, calling('b'))).toBe(true)
  expect(covered([], outside, told, calling('b.default.svc.cluster.local'))).toBe(false)
  expect(covered([], outside, told, { ...calling('10.96.20.2:7777'), headers: { host: 'c:9090' } })).toBe(true)
  expect(covered([], outside, told, { ...calling('b'), headers: { host: 'api.ext.test' } })).toBe(false)
  expect(covered([], { ...outside, cluster: 'PassthroughCluster' }, told, calling('b'))).toBe(false)
  expect(covered([], { ...outside, reached: [arrival('b')] }, told, calling('b'))).toBe(false)
})

test('of two entries of one host the last is known to be told', () => {
  const entry = (address: string) => document('ServiceEntry', { hosts: ['api.ext.test'], addresses: [address] })
  const told = { field: 'cluster', wanted: 'PassthroughCluster', seen: 'outbound|443||api.ext.test' }
  const passed = { status: 200, cluster: 'PassthroughCluster' } as const
  const call: ObservedCall = { from: 'a.default', request: 'GET https://api.ext.test/y' }
  expect(covered([entry('240.1.2.1'), entry('240.1.1.1')], passed, told, call)).toBe(true)
  expect(covered([entry('240.1.2.1')], passed, told, call)).toBe(false)
  const byName = document('ServiceEntry', { hosts: ['api.ext.test'] })
  expect(covered([byName, entry('240.1.1.1')], passed, told, call)).toBe(true)
  expect(covered([byName, byName], passed, told, call)).toBe(false)
  expect(covered([entry('240.1.2.1'), entry('240.1.1.1')], { ...passed, cluster: 'outbound|443||other' }, told, call)).toBe(false)
  expect(covered([entry('240.1.2.1'), entry('240.1.1.1')], passed, told, { ...call, request: 'GET https://b/y' })).toBe(false)
})

test('one of two ports of one number is known', () => {
  const service = (...protocols: readonly string[]) => document('Service', { ports: protocols.map((protocol) => ({ port: 80, protocol })) })
  const told = { field: 'reached[0].port', wanted: 9090, seen: 8080 }
  expect(covered([service('TCP', 'UDP')], { status: 200 }, told)).toBe(true)
  expect(covered([service('TCP')], { status: 200 }, told)).toBe(false)
  expect(covered([service('TCP', 'UDP')], { status: 200 }, { ...told, field: 'status' })).toBe(false)
})

test('a tunnel that nobody answers for is known', () => {
  const tunnel = [document('DestinationRule', { host: 'b', trafficPolicy: { tunnel: { targetHost: 'x.test', targetPort: 443 } } })]
  const waiting = { status: 0, error: 'timeout', cluster: '-', reached: [] } as const
  const told = { field: 'error', wanted: 'timeout', seen: 'closed' }
  expect(covered(tunnel, waiting, told)).toBe(true)
  expect(covered([], waiting, told)).toBe(false)
  expect(covered(tunnel, { ...waiting, error: 'closed' }, told)).toBe(false)
  expect(covered(tunnel, { ...waiting, cluster: 'outbound|80||b' }, told)).toBe(false)
  expect(covered(tunnel, { ...waiting, reached: [arrival('b')] }, told)).toBe(false)
})

test('fields are counted once, by reason', () => {
  const known = new KnownOf('istiod', { config: member, calls: [aCall] }, [lost])
  for (const field of ['status', 'status', 'flags', 'route']) known.covers({ call: '#0 ', field, wanted: 1, seen: 2 })
  expect([...known.counts.values()]).toEqual([2])
})

test('the name of a headless service without pods leads outside there', () => {
  const headless = [document('Service', { clusterIP: 'None' }, { name: 'c' })]
  const told = { field: 'status', wanted: 200, seen: 0 }
  const outside = { status: 200, reached: [{ workload: 'passthrough', namespace: 'outside' }] }
  expect(covered(headless, outside, told)).toBe(true)
  expect(covered(headless, outside, told, { ...aCall, request: 'GET http://d/' })).toBe(false)
  expect(covered(headless, { status: 200, reached: [arrival('c')] }, told)).toBe(false)
  expect(covered([document('Service', {}, { name: 'c' })], outside, told)).toBe(false)
})

test('the port of a proxy that Envoy tells is known where the target has chosen one', () => {
  const known = new KnownOf('envoy', { config: [], calls: [aCall] }, [{}])
  const covers = (wanted: unknown, field = 'reached[0].headers.x-forwarded-port') =>
    known.covers({ call: '#0 GET http://c/x from a.default', field, wanted, seen: '8080' })
  expect(covers('32768')).toBe(true)
  expect([covers('15068'), covers('80'), covers(null), covers('15068', 'reached[0].headers.x-other')]).toEqual([true, false, false, false])
})

test('an application that refuses what a sidecar offers by ALPN is known where the client decides the version', () => {
  const covers = (trafficPolicy: object, details: string) => {
    const config = [document('DestinationRule', { host: 'b', trafficPolicy })]
    return new KnownOf('envoy', { config, calls: [aCall] }, [{ details }]).covers({ call: '#0 GET', field: 'details', wanted: details, seen: 'x' })
  }
  const client = { connectionPool: { http: { useClientProtocol: true } } }
  const refused = 'upstream_reset{TLS_error:|268436576:SSL_routines:OPENSSL_internal:TLSV1_ALERT_NO_APPLICATION_PROTOCOL:TLS_error_end}'
  expect([covers(client, refused), covers({}, refused), covers(client, 'via_upstream')]).toEqual([true, false, false])
  const coversPort = (port: object, cluster: string) =>
    new KnownOf('envoy', { config: [document('Service', { ports: [{ port: 7000, ...port }] }, { name: 'm' })], calls: [aCall] }, [
      { details: refused, cluster },
    ]).covers({ call: '#0 GET', field: 'details', wanted: refused, seen: 'x' })
  const cluster = 'outbound|7000||m.default.svc.cluster.local'
  expect([coversPort({ name: 'any' }, cluster), coversPort({ name: 'http-any' }, cluster)]).toEqual([true, false])
  expect(coversPort({ name: 'http-any', appProtocol: 'unheard-of' }, cluster)).toBe(true)
  expect([coversPort({ name: 'any', appProtocol: 'http' }, cluster), coversPort({ name: 'any' }, cluster.replace('7000', '80'))]).toEqual([
    false,
    false,
  ])
})

test('a port that only a ListenerSet asks for is known to be refused', () => {
  const listeners = (...ports: readonly number[]) => ports.map((port) => ({ name: `l${port}`, port, protocol: 'HTTP' }))
  const gate = document('Gateway', { listeners: listeners(80, 9000) }, { name: 'gate' })
  const set = document('ListenerSet', { parentRef: { name: 'gate' }, listeners: listeners(80, 8443) })
  const at = (port: string, gateway = 'gate'): ObservedCall => ({ from: `gateway:${gateway}.default`, request: `GET http://x.test${port}/a` })
  const refusedThere = (call: ObservedCall, answer: object = { status: 0, error: 'refused' }) =>
    new KnownOf('istiod', { config: [gate, set], calls: [call] }, [answer]).covers({
      ...{ call: `#0 ${call.request} from ${call.from}`, field: 'status', wanted: 0, seen: 404 },
    })
  expect(refusedThere(at(':8443'))).toBe(true)
  expect(refusedThere(at(''))).toBe(false)
  expect(refusedThere(at(':9000'))).toBe(false)
  expect(refusedThere(at(':8443', 'other'))).toBe(false)
  expect(refusedThere(at(':8443'), { status: 404 })).toBe(false)
})

test('whoever has the address that a rule keeps is known, by the certificate that it shows there', () => {
  const shown = { status: 503, cluster: ofService('g'), details: '…SAN_matcher,_certificate_SANs_are_[outbound_.80_._.g.default.svc.cluster.local]' }
  const failure = { field: 'status', wanted: 503, seen: 200 }
  expect(covered([keeps('g')], shown, failure)).toBe(true)
  expect(covered([keeps('h')], shown, failure)).toBe(false)
  expect(covered([keeps('g')], { ...shown, details: 'via_upstream' }, failure)).toBe(false)
  expect(covered([keeps('g')], shown, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
})

test('who a name of several entries is looked up for is known', () => {
  const answer = { status: 200, cluster: 'outbound|80||ext.test' }
  const outside = { field: 'reached[0].workload', wanted: 'passthrough', seen: 'ext.test' }
  expect(covered([...member, ...member], answer, outside)).toBe(true)
  expect(covered(member, answer, outside)).toBe(false)
  expect(covered([...member, ...member], answer, { ...outside, wanted: 'b-v1' })).toBe(false)
})

test('a 204 with a body is known over HTTP/2', () => {
  expect(covered([], { status: 204, flags: 'UPE' }, { field: 'flags', wanted: 'UPE', seen: '-' })).toBe(true)
  expect(covered([], { status: 200, flags: 'UPE' }, { field: 'flags', wanted: 'UPE', seen: '-' })).toBe(false)
  expect(covered([], { status: 204, flags: 'UPE' }, { field: 'status', wanted: 204, seen: 200 })).toBe(false)
})

test('what a pod sends to itself as TLS, and its own sidecar does not understand, is known by its log', () => {
  const answer = { status: 0, error: 'tls: WRONG_VERSION_NUMBER', cluster: '-', details: 'http1.codec_error', flags: 'DPE' }
  expect(covered([], answer, { field: 'flags', wanted: 'DPE', seen: '-' })).toBe(true)
  expect(covered([], answer, { field: 'error', wanted: 'tls: x', seen: undefined })).toBe(false)
  expect(covered([], { ...answer, error: 'closed' }, { field: 'flags', wanted: 'DPE', seen: '-' })).toBe(false)
})

test('a WebSocket that is never answered is known', () => {
  const call: ObservedCall = { ...aCall, headers: { upgrade: 'websocket' } }
  const status = { field: 'status', wanted: 0, seen: 200 }
  expect(covered([], { error: 'timeout', reached: [] }, status, call)).toBe(true)
  expect(covered([], { error: 'timeout', reached: [] }, status)).toBe(false)
  expect(covered([], { error: 'closed', reached: [] }, status, call)).toBe(false)
  expect(covered([], { error: 'timeout', reached: [arrival('b')] }, status, call)).toBe(false)
})

test('of ports of the loopback that several proxies have bound it is known that another may take a call', () => {
  const bound = [document('Sidecar', { egress: [{ captureMode: 'NONE', bind: '127.0.0.1' }] })]
  const call: ObservedCall = { from: 'a.default', request: 'GET http://127.0.0.1:9090/x' }
  const cluster = { field: 'cluster', wanted: '-', seen: 'outbound|9090||b' }
  expect(covered(bound, { cluster: '-' }, cluster, call)).toBe(true)
  expect(covered(bound, { cluster: '-' }, cluster)).toBe(false)
  expect(covered([], { cluster: '-' }, cluster, call)).toBe(false)
  expect(covered(bound, { cluster: 'outbound|80||c' }, cluster, call)).toBe(false)
})

test('names of endpoints that share an address are known', () => {
  const labelled = (version: string, address = '192.0.2.1') => entry({ address, labels: { version } })[0]!
  const workload = { field: 'reached[0].workload', wanted: 'ext-v1', seen: 'ext-v2' }
  expect(covered([labelled('v1'), labelled('v2')], {}, workload)).toBe(true)
  expect(covered([labelled('v1'), labelled('v1')], {}, workload)).toBe(false)
  expect(covered([labelled('v1'), labelled('v2', '192.0.2.2')], {}, workload)).toBe(false)
  expect(covered([labelled('v1'), labelled('v2')], {}, { ...workload, field: 'status' })).toBe(false)
})

test('copies of what says itself that it is internal are known to be counted among the others', () => {
  const mirrors = [document('VirtualService', { http: [{ mirror: { host: 'c' } }] })]
  const call: ObservedCall = { ...aCall, headers: { 'x-envoy-internal': 'true' } }
  const length = { field: 'mirrored.length', wanted: [], seen: ['c'] }
  expect(covered(mirrors, {}, length, call)).toBe(true)
  expect(covered(mirrors, {}, length)).toBe(false)
  expect(covered([], {}, length, call)).toBe(false)
})

test('a table that came with one that was refused may be missing', () => {
  const missing = { status: 404, details: 'route_not_found' }
  const status = { call: '#0 GET http://c/x from a.default', field: 'status', wanted: 404, seen: 200 }
  const known = (answer: object, refusesRoutes: boolean): boolean =>
    new KnownOf('istiod', { config: [], calls: [aCall] }, [answer], refusesRoutes).covers(status)
  expect(known(missing, true)).toBe(true)
  expect(known(missing, false)).toBe(false)
  expect(known({ status: 503, details: 'no_healthy_upstream' }, true)).toBe(false)
})

test('the port of a client is chance in x-forwarded-host', () => {
  const told = (wanted: string, seen: string): boolean => covered([], {}, { field: 'reached[0].headers.x-forwarded-host', wanted, seen })
  expect(told('198.51.100.10:1', '198.51.100.10:2')).toBe(true)
  expect(told('198.51.100.10:1', 'b')).toBe(false)
})

test('whether anybody is behind a service that is exported to nobody is known to be chance', () => {
  const service = (exportTo: string) => [document('Service', {}, { name: 's', annotations: { 'networking.istio.io/exportTo': exportTo } })]
  const answer = { status: 503, flags: 'UH', cluster: 'outbound|80||s.default.svc.cluster.local' }
  const status = { field: 'status', wanted: 503, seen: 200 }
  expect(covered(service('~'), answer, status)).toBe(true)
  expect(covered(service('.'), answer, status)).toBe(false)
  expect(covered(service('~'), { ...answer, cluster: 'outbound|80||t.default.svc.cluster.local' }, status)).toBe(false)
})

test('tries over HTTP/2 that a slow service never hears of are known', () => {
  const slow = (protocol?: string) => ({ status: 504, flags: 'UT', reached: [{ ...arrival('b'), ...(protocol && { protocol }) }] })
  const length = { field: 'reached.length', wanted: ['b'], seen: ['b', 'b'] }
  expect(covered([], slow('h2'), length)).toBe(true)
  expect(covered([], slow(), length)).toBe(false)
  expect(covered([], { ...slow('h2'), flags: '-' }, length)).toBe(false)
  expect(covered([], slow('h2'), { ...length, wanted: ['b', 'b'], seen: ['b'] })).toBe(false)
})

test('which of several entries of a host, an age and a namespace counts is known to be chance, where they cannot be merged', () => {
  const rival = (resolution: string, metadata: object = {}, host = 'one.test') => document('ServiceEntry', { hosts: [host], resolution }, metadata)
  const toOne: ObservedCall = { from: 'a.default', request: 'GET http://one.test/' }
  const told = { field: 'status', wanted: 503, seen: 200 }
  const first = rival('STATIC')
  expect(covered([first, rival('NONE')], {}, told, toOne)).toBe(true)
  expect(covered([first, rival('NONE')], { cluster: 'outbound|80||one.test' }, told)).toBe(true)
  expect(covered([first, rival('NONE')], {}, told)).toBe(false)
  expect(covered([first, rival('STATIC')], {}, told, toOne)).toBe(false)
  expect(covered([first, rival('NONE', { namespace: 'other' })], {}, told, toOne)).toBe(false)
  expect(covered([first, rival('NONE', { creationTimestamp: '2024-01-01T00:00:00Z' })], {}, told, toOne)).toBe(false)
  expect(covered([first, rival('NONE', {}, 'two.test')], {}, told, toOne)).toBe(false)
})

test('a request for a WebSocket over HTTP/2 that a proxy gives up is known, as one that the client does', () => {
  const upgrading: ObservedCall = { ...aCall, headers: { upgrade: 'websocket' } }
  const told = { field: 'status', wanted: 408, seen: 200 }
  expect(covered([], { status: 408, flags: 'SI' }, told, upgrading)).toBe(true)
  expect(covered([], { status: 0, error: 'timeout' }, told, upgrading)).toBe(true)
  expect(covered([], { status: 408, flags: 'SI' }, told)).toBe(false)
  const late = { ...arrival('b'), headers: { upgrade: null } }
  expect(covered([], { status: 408, flags: 'SI', reached: [late] }, told, upgrading)).toBe(true)
  expect(covered([], { status: 408, flags: 'SI', reached: [arrival('b')] }, told, upgrading)).toBe(false)
  expect(covered([], { status: 503, flags: 'UF' }, told, upgrading)).toBe(false)
})

test('the Service of a Gateway is known to be older than others there, which shows in bytes', () => {
  const gate = { ...document('Gateway', { gatewayClassName: 'istio' }, { name: 'gate' }), apiVersion: 'gateway.networking.k8s.io/v1' }
  const told = { field: 'cluster', wanted: 'x', seen: 'y' }
  const cluster = 'outbound|80||gate-istio.default.svc.cluster.local'
  expect(covered([gate], { tcp: true, cluster }, told)).toBe(true)
  expect(covered([gate], { cluster }, told)).toBe(false)
  expect(covered([gate], { tcp: true, cluster: 'outbound|80||a.default.svc.cluster.local' }, told)).toBe(false)
  expect(covered([{ ...gate, apiVersion: 'networking.istio.io/v1' }], { tcp: true, cluster }, told)).toBe(false)
})

test('at the ports of a Gateway names are known to be looked up late, which shows in what is said of it', () => {
  const gate = { ...document('Gateway', { gatewayClassName: 'istio' }), apiVersion: 'gateway.networking.k8s.io/v1' }
  const told = { field: 'flags', wanted: 'UH', seen: 'DF' }
  const late = { flags: 'UH', details: 'dns_resolution_failure{cares_failure:Misformatted_domain_name}' }
  expect(covered([gate], late, told)).toBe(true)
  expect(covered([gate], late, { ...told, field: 'status' })).toBe(false)
  expect(covered([gate], { ...late, details: 'no_healthy_upstream' }, told)).toBe(false)
  expect(covered([gate], { ...late, flags: 'DF' }, told)).toBe(false)
  expect(covered([{ ...gate, apiVersion: 'networking.istio.io/v1' }], late, told)).toBe(false)
})

test('a server that was asked for by no name is known to be called "echo", however that is told', () => {
  const told = (names: string) => ({ field: 'details', wanted: `CERTIFICATE_VERIFY_FAILED:${names}`, seen: '' })
  expect(covered([], {}, told('verify_SAN_list,_expected_SANs:_[],_certificate_SANs:_[echo]'))).toBe(true)
  expect(covered([], {}, told('SAN_matcher,_certificate_SANs_are_[echo]'))).toBe(true)
  expect(covered([], {}, told('SAN_matcher,_certificate_SANs_are_[echo.test]'))).toBe(false)
})

test('endpoints of one address are known by one name there, also where namespaces alone tell them apart', () => {
  const at = (namespace: string) =>
    document('ServiceEntry', { hosts: ['x.test'], endpoints: [{ address: '192.0.2.11', labels: { app: 'x' } }] }, { namespace })
  const told = { field: 'reached[0].namespace', wanted: 'b', seen: 'a' }
  expect(covered([at('a'), at('b')], {}, told)).toBe(true)
  expect(covered([at('a'), at('a')], {}, told)).toBe(false)
})

test('answers that the client there cannot read are known', () => {
  const tunnel = document('DestinationRule', { host: 'b', trafficPolicy: { tunnel: { targetHost: 'c.test', targetPort: 80 } } })
  const told = { field: 'status', wanted: 0, seen: 200 }
  expect(covered([], { error: 'HTTPException: got more than 100 headers' }, told)).toBe(true)
  expect(covered([tunnel], { error: 'BadStatusLine: {}' }, told)).toBe(true)
  expect(covered([], { error: 'BadStatusLine: {}' }, told)).toBe(false)
  expect(covered([tunnel], { error: 'closed' }, told)).toBe(false)
})

test('of a pod that calls its own address the sidecar that reads it there is known', () => {
  const own: ObservedCall = { from: 'a.default', request: 'GET http://10.244.0.3:6000/x' }
  const answer = { cluster: 'InboundPassthroughCluster', reached: [arrival('a')] }
  const told = { field: 'headers.server', wanted: 'istio-envoy', seen: undefined }
  expect(covered([], answer, told, own)).toBe(true)
  expect(covered([], answer, told)).toBe(false)
  expect(covered([], { ...answer, reached: [arrival('b')] }, told, own)).toBe(false)
  expect(covered([], { ...answer, cluster: 'PassthroughCluster' }, told, own)).toBe(false)
  expect(covered([], answer, { field: 'status', wanted: 200, seen: 503 }, own)).toBe(false)
})

test('pods of a Deployment that have no sidecar there, beside the first one, are known', () => {
  const several = document('Deployment', { replicas: 2 }, { name: 'c-v2' })
  const answer = { ...lost, candidates: ['c-v1', 'c-v2'] }
  const told = { field: 'flags', wanted: 'UF,URX', seen: '-' }
  expect(covered([several], answer, told)).toBe(true)
  expect(covered([document('Deployment', { replicas: 1 }, { name: 'c-v2' })], answer, told)).toBe(false)
  expect(covered([several], { ...answer, candidates: ['c-v1'] }, told)).toBe(false)
  expect(covered([several], { ...answer, flags: 'UH' }, told)).toBe(false)
  expect(covered([several], answer, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
})

test('bytes that a receiver reads as HTTP and refuses are known, for what an answer shows', () => {
  const entry = { workload: 't', status: 403, flags: '-', route: 'default', cluster: 'InboundPassthroughCluster' }
  const answer = { tcp: true, reached: [], inbound: [{ ...entry, details: 'rbac_access_denied_matched_policy[none]' }] }
  const told = { field: 'status', wanted: 403, seen: 0 }
  expect(covered([], answer, told)).toBe(true)
  expect(covered([], { ...answer, tcp: false }, told)).toBe(false)
  expect(covered([], { ...answer, inbound: [{ ...entry, details: 'via_upstream' }] }, told)).toBe(false)
  expect(covered([], answer, { field: 'cluster', wanted: 'x', seen: 'y' })).toBe(false)
})

test('an authorizer that asks itself for ever is known', () => {
  const entry = { workload: 'b.other', status: 0, flags: 'DR', route: 'default', cluster: 'inbound|8080||', details: 'http2.remote_reset' }
  const told = { field: 'status', wanted: 0, seen: 200 }
  expect(covered([], { inbound: Array.from({ length: 16 }, () => entry) }, told)).toBe(true)
  expect(covered([], { inbound: [entry, entry] }, told)).toBe(false)
  expect(covered([], { inbound: Array.from({ length: 16 }, (_, i) => ({ ...entry, workload: `b-${i}` })) }, told)).toBe(false)
})

test('a pod that calls itself by the name of its headless service is known', () => {
  const answer = { cluster: 'inbound|9090||', reached: [arrival('a')] }
  const told = { field: 'reached[0].port', wanted: 8080, seen: 9090 }
  const byName: ObservedCall = { from: 'a.default', request: 'GET http://a.default.svc.cluster.local:9090/' }
  expect(covered([headless('a')], answer, told, byName)).toBe(true)
  expect(covered([], answer, told, byName)).toBe(false)
  expect(covered([headless('a')], { ...answer, reached: [arrival('b')] }, told, byName)).toBe(false)
})

test('so is one where its application does not listen at the port of that service', () => {
  const nobody = { status: 0, error: 'closed', flags: 'UF,URX', cluster: 'PassthroughCluster', reached: [] }
  const told = { field: 'error', wanted: 'closed', seen: 'refused' }
  expect(covered([headless('c')], nobody, told)).toBe(true)
  expect(covered([headless('c')], nobody, { field: 'status', wanted: 0, seen: 503 })).toBe(false)
  expect(covered([], nobody, told)).toBe(false)
  expect(covered([headless('c')], { ...nobody, cluster: 'outbound|80||c' }, told)).toBe(false)
})

test('what a slow workload’s sidecar writes of a copy is known to come after the request has ended on envoy', () => {
  const line = (workload: string) => ({ workload, status: 200, flags: '-', route: 'default', cluster: 'inbound|8080||', details: 'via_upstream' })
  const answer = { status: 504, mirrored: [arrival('b')], inbound: [line('c.default')] }
  const late = (workload: string, wanted: readonly object[] = answer.inbound, behaviour: object = { 'b.default': { delay: '300ms' } }) =>
    new KnownOf('envoy', { config: [], calls: [aCall], behaviour: behaviour as GeneratedMesh['behaviour'] }, [answer]).covers({
      call: '#0 GET http://c/x from a.default',
      field: 'inbound.length',
      wanted,
      seen: [line('c.default'), line(workload)],
    })
  expect(late('b.default')).toBe(true)
  expect(late('b.default', answer.inbound, {})).toBe(false)
  expect(late('d.default')).toBe(false)
  expect(late('b.default', [line('d.default')])).toBe(false)
  expect(late('b.default', [line('c.default'), line('b.default')])).toBe(false)
})

import { describe, expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Exchange } from '../../ir/exchange.ts'
import type { PathNormalization } from '../../ir/proxy-config.ts'

const deployment = (name: string, annotations = '{}'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}, annotations: ${annotations}}, spec: {containers: [{name: app, image: a}]}}}\n`
const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {selector: {app: b}, ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 9000, targetPort: 7070}]}\n'
// What the client's sidecar passes on unread the receiver's reads.
const sidecar =
  'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: b}\nspec: {workloadSelector: {labels: {app: b}}, ingress: [{port: {number: 8080, protocol: HTTP}}, {port: {number: 7070, protocol: HTTP}}]}\n'
const rewrite = (uri: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec: {hosts: [b], http: [{rewrite: {uri: "${uri}"}, route: [{destination: {host: b}}]}]}\n`

interface Sent {
  readonly from?: 'plain' | 'a'
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly normalization?: PathNormalization
  readonly rules?: readonly string[]
}

async function send({
  from = 'plain',
  method = 'GET',
  url = 'http://b/',
  headers = {},
  normalization = 'BASE',
  rules = [],
}: Sent): Promise<Exchange> {
  const config = `apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\npathNormalization: {normalization: ${normalization}}\n`
  const pods = [deployment('a'), deployment('b'), deployment('plain', '{sidecar.istio.io/inject: "false"}')]
  const mesh = createMesh({})
  mesh.apply(readText([config, service, sidecar, ...pods, ...rules].join('---\n'), 'a.yaml').resources)
  const { ref } = mesh.registry.workloads.find((one) => one.ref.name === from)!
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return mesh.send({ from: { kind: 'workload', ref }, method, url, headers: fields, body: '', timeoutMs: null })
}

const receivedOf = ({ hops }: Exchange) => hops.at(-1)?.received ?? null

// All as observed of istiod and Envoy.
describe('the path that the workload gets is normalized as the mesh has it', () => {
  const path = '/a//c/../d%2F%61'
  test.each<[about: string, sent: Sent, wanted: string]>([
    ['NONE', { url: `http://b${path}`, normalization: 'NONE' }, path],
    ['BASE', { url: `http://b${path}` }, '/a//d%2Fa'],
    ['MERGE_SLASHES', { url: `http://b${path}`, normalization: 'MERGE_SLASHES' }, '/a/d%2Fa'],
    ['DECODE_AND_MERGE_SLASHES', { url: `http://b${path}`, normalization: 'DECODE_AND_MERGE_SLASHES' }, '/a/d/a'],
    ['what the client’s sidecar did not read', { from: 'a', url: `http://b:9000${path}`, normalization: 'MERGE_SLASHES' }, '/a/d%2Fa'],
    ['what it rewrote', { from: 'a', rules: [rewrite('//x/../%61')], normalization: 'MERGE_SLASHES' }, '/a'],
  ])('%s', async (_, sent, wanted) => expect(receivedOf(await send(sent))?.path).toBe(wanted))
})

describe('what is refused before any filter sees it', () => {
  const upgrade = { connection: 'upgrade', upgrade: 'foo' }
  test.each<[about: string, sent: Sent, answer: string, log: string]>([
    ['a path with NUL', { url: 'http://b/a%00b' }, '400  close', 'path_normalization_failed - - -'],
    [
      'the same of a client that says how it came',
      { url: 'http://b/a%00b', headers: { 'x-forwarded-proto': 'http' } },
      '400  close',
      'path_normalization_failed - default inbound|8080||',
    ],
    ['the same, rewritten', { from: 'a', rules: [rewrite('/x%00y')] }, '400  undefined', 'path_normalization_failed - default inbound|8080||'],
    ['a protocol to go on with', { headers: upgrade }, '403  close', 'upgrade_failed - default inbound|8080||'],
    ['the same, unread', { from: 'a', url: 'http://b:9000/', headers: upgrade }, '403  close', 'upgrade_failed - default inbound|7070||'],
    [
      'a name in Connection',
      { headers: { connection: 'keep-alive, x-forwarded-for' } },
      '400 Bad Request close',
      'http1.connection_header_rejected DPE - -',
    ],
    ['a method', { method: 'FOO' }, '400 Bad Request close', 'http1.codec_error DPE - -'],
  ])('%s', async (_, sent, answer, wanted) => {
    const exchange = await send(sent)
    const { response, hops } = exchange
    expect(`${response?.status} ${response?.body} ${response?.headers.get('connection')}`).toBe(answer)
    const { details, flags, route, cluster } = hops.at(-1)!.inbound!
    expect([details, flags, route, cluster].join(' ')).toBe(wanted)
    expect(receivedOf(exchange)).toBeNull()
  })
})

test('a client that closes its connection is told so', async () => {
  const headersOf = async (headers: Sent['headers']) => (await send({ headers: headers! })).response!.headers
  expect((await headersOf({ connection: 'close' })).get('connection')).toBe('close')
  expect((await headersOf({})).has('connection')).toBe(false)
})

test('headers of Envoy’s own are taken from clients whose sidecar did not read them, and certificates are added to what they say', async () => {
  const headers = { 'x-envoy-retry-on': '5xx', 'x-forwarded-client-cert': 'By=x' }
  const received = receivedOf(await send({ from: 'a', url: 'http://b:9000/', headers }))!
  expect(received.headers.has('x-envoy-retry-on')).toBe(false)
  expect(received.headers.get('x-forwarded-client-cert')).toMatch(/^By=x,By=spiffe:\/\/cluster\.local\/ns\/default\/sa\/default;Hash=/)
  expect(received.headers.get('x-forwarded-proto')).toBe('https')
  expect(receivedOf(await send({ headers }))!.headers.has('x-forwarded-client-cert')).toBe(false)
})

// Source: Envoy `http2/codec_impl.cc`, observed with istiod's config.
test('a WebSocket over HTTP/2 ends the connection, a second later', async () => {
  const upgraded =
    'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: b}\nspec: {host: b, trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}}\n'
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x', 'sec-websocket-version': '13' }
  const { response, durationMs, hops } = await send({ from: 'a', headers, rules: [upgraded] })
  expect([response?.status, durationMs, hops.map(({ to }) => to)]).toEqual([503, 1000, [null]])
  expect(hops[0]!.inbound).toMatchObject({ flags: 'DPE', details: 'http2.invalid.header.field', status: 0 })
})

test('a request whose id the route takes away is given another by the receiver’s sidecar', async () => {
  const route = (operations: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec: {hosts: [b], http: [{headers: {request: ${operations}}, route: [{destination: {host: b}}]}]}\n`
  const idOf = async (operations: string) => receivedOf(await send({ from: 'a', rules: [route(operations)] }))?.headers.get('x-request-id')
  expect(await idOf('{remove: [x-request-id]}')).toMatch(/^[0-9a-f-]{36}$/)
  expect(await idOf('{set: {x-request-id: mine}}')).toBe('mine')
})

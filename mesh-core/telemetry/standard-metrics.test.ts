import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { createMesh } from '../create-mesh.ts'
import { Headers } from '../ir/message.ts'
import type { Program } from '../ir/program.ts'
import { countedRequests } from './standard-metrics.ts'
import type { CountedRequest } from './standard-metrics.ts'

const deployment = (name: string, labels: string, annotations = '{}'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}${labels}}, annotations: ${annotations}}, spec: {serviceAccountName: ${name}, containers: [{name: app, image: a}]}}}\n`

const things = [
  deployment('a', ', version: v7'),
  deployment('b', ', app.kubernetes.io/name: shop, app.kubernetes.io/version: "2"'),
  deployment('plain', '', '{sidecar.istio.io/inject: "false"}'),
  'apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {selector: {app: b}, ports: [{name: http, port: 80}, {name: tcp, port: 9000}, {name: grpc, port: 7070}]}\n',
  'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: out}\nspec: {hosts: [api.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n',
  'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: many}\nspec: {hosts: [many.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 192.0.2.7}]}\n',
]

const rule = (http: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: b}\nspec: {hosts: [b], http: [${http}]}\n`

const failsOnce = (): Program => {
  let calls = 0
  return () => ({ status: calls++ === 0 ? 503 : 200, headers: new Headers(), body: '' })
}

const notFound = (): Program => () => ({ status: 200, headers: new Headers(['grpc-status', '5']), body: '' })

interface Sent {
  readonly from?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly config?: readonly string[]
  readonly program?: () => Program
}

async function count({ from = 'a', url = 'http://b/', headers = {}, config = [], program }: Sent): Promise<readonly CountedRequest[]> {
  const mesh = createMesh(program ? { program } : {})
  mesh.apply(readText([...things, ...config].join('---\n'), 'a.yaml').resources)
  const { ref } = mesh.registry.workloads.find((one) => one.ref.name === from)!
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const exchange = await mesh.send({ from: { kind: 'workload', ref }, method: 'GET', url, headers: fields, body: '', timeoutMs: null })
  await mesh.elapse(60_000)
  return countedRequests(exchange, mesh.registry)
}

function line({ labels }: CountedRequest): string {
  const {
    reporter,
    source_workload: from,
    destination_workload: to,
    response_code: code,
    response_flags: flags,
    destination_service_name: service,
  } = labels
  return `${reporter}: ${from} → ${to} (${service}) ${code} ${flags}`
}

const rules = 'apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\noutboundTrafficPolicy: {mode: REGISTRY_ONLY}\n'

test.each<[string, Sent, readonly string[]]>([
  ['both ends count', {}, ['source: a → b (b) 200 -', 'destination: a → b (b) 200 -']],
  ['one of many endpoints', { url: 'http://many.example.com/' }, ['source: a → many-0 (many.example.com) 200 -']],
  ['who has no sidecar does not say who it is', { from: 'plain' }, ['destination: unknown → b (b) 200 -']],
  [
    'what did not get past the sidecar is counted there alone',
    { config: [rule('{fault: {abort: {httpStatus: 418, percentage: {value: 100}}}, route: [{destination: {host: b}}]}')] },
    ['source: a → unknown (b) 418 FI'],
  ],
  [
    'retries add up at the receiver',
    { program: failsOnce, config: [rule('{retries: {attempts: 2, retryOn: 5xx}, route: [{destination: {host: b}}]}')] },
    ['source: a → b (b) 200 -', 'destination: a → b (b) 503 -', 'destination: a → b (b) 200 -'],
  ],
  [
    'a copy is counted where it arrives',
    { config: [rule('{mirror: {host: b}, route: [{destination: {host: api.example.com}}]}')] },
    ['source: a → out (api.example.com) 200 -', 'destination: a → b (b) 200 -'],
  ],
  ['a ServiceEntry is called by its host', { url: 'http://api.example.com/' }, ['source: a → out (api.example.com) 200 -']],
  ['the unknown outside', { url: 'http://other.example.com/' }, ['source: a → unknown (PassthroughCluster) 200 -']],
  ['nothing but the registry', { url: 'http://other.example.com/', config: [rules] }, ['source: a → unknown (BlackHoleCluster) 502 -']],
  ['no route', { config: [rule('{match: [{uri: {exact: /x}}], route: [{destination: {host: b}}]}')] }, ['source: a → unknown (b) 404 NR']],
  ['connections that are passed on unread are no requests', { url: 'http://b:9000/' }, []],
])('%s', async (_, sent, wanted) => expect((await count(sent)).map(line)).toEqual(wanted))

test('labels of both ends', async () => {
  const [source, destination] = await count({})
  const ends = {
    ...{ source_workload: 'a', source_workload_namespace: 'default', source_app: 'a', source_version: 'v7', source_cluster: 'Kubernetes' },
    ...{ source_canonical_service: 'a', source_canonical_revision: 'v7', source_principal: 'spiffe://cluster.local/ns/default/sa/a' },
    ...{ destination_workload: 'b', destination_workload_namespace: 'default', destination_app: 'b', destination_version: 'unknown' },
    ...{ destination_canonical_service: 'shop', destination_canonical_revision: '2', destination_cluster: 'Kubernetes' },
    ...{ destination_principal: 'spiffe://cluster.local/ns/default/sa/b' },
    ...{ destination_service: 'b.default.svc.cluster.local', destination_service_name: 'b', destination_service_namespace: 'default' },
    ...{ request_protocol: 'http', response_code: '200', response_flags: '-' },
  }
  expect(source!.labels).toEqual({ reporter: 'source', connection_security_policy: 'unknown', ...ends })
  expect(destination!.labels).toEqual({ reporter: 'destination', connection_security_policy: 'mutual_tls', ...ends })
})

test('of who has no sidecar only the endpoint tells, and that less', async () => {
  const plain = 'apiVersion: v1\nkind: Service\nmetadata: {name: plain}\nspec: {selector: {app: plain}, ports: [{name: http, port: 80}]}\n'
  const [only] = await count({ url: 'http://plain/', config: [plain] })
  expect(only!.labels).toMatchObject({ destination_workload: 'plain', destination_canonical_service: 'plain', destination_app: 'unknown' })
})

test('a client without a sidecar has no identity', async () => {
  const [only] = await count({ from: 'plain' })
  expect(only!.labels).toMatchObject({ connection_security_policy: 'none', source_principal: 'unknown', source_workload_namespace: 'unknown' })
})

test('gRPC tells its own status', async () => {
  const all = await count({ url: 'http://b:7070/pkg.Service/Method', headers: { 'content-type': 'application/grpc' }, program: notFound })
  for (const { labels } of all) expect(labels).toMatchObject({ request_protocol: 'grpc', response_code: '200', grpc_response_status: '5' })
  expect(all).toHaveLength(2)
})

test('how long it took', async () => {
  const [slow] = await count({ config: [rule('{fault: {delay: {fixedDelay: 7s, percentage: {value: 100}}}, route: [{destination: {host: b}}]}')] })
  expect(slow).toMatchObject({ durationMs: 7000, endMs: 7000 })
})

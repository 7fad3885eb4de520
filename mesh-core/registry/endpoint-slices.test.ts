import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { createMesh } from '../create-mesh.ts'
import type { Exchange } from '../ir/exchange.ts'

const client = (name: string, annotations = '{}'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}, annotations: ${annotations}}, spec: {containers: [{name: a, image: a}]}}}\n`
const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {ports: [{name: http, port: 80}, {name: tcp, port: 9000}]}\n'

async function ask(ports: string, port: number, from = 'a'): Promise<Exchange> {
  const slice = `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-1, labels: {kubernetes.io/service-name: db}}\naddressType: IPv4\nports: ${ports}\nendpoints: [{addresses: [192.0.2.9]}]\n`
  const mesh = createMesh({})
  const plain = client('plain', '{sidecar.istio.io/inject: "false"}')
  mesh.apply(readText([client('a'), plain, service, slice].join('---\n'), 'a.yaml').resources)
  const { ref } = mesh.registry.workloads.find((one) => one.ref.name === from)!
  return mesh.send({ from: { kind: 'workload', ref }, method: 'GET', url: `http://db:${port}/`, headers: {}, body: '', timeoutMs: null })
}

const numbered = '[{name: http, port: 8080}, {name: tcp, port: 9000}]'
const unnumbered = '[{name: http}, {name: tcp}]'

test('the addresses of a slice are those of its service', async () => {
  const { response, hops } = await ask(numbered, 80)
  expect([response?.status, hops[0]?.log?.upstreamHost]).toEqual([200, '192.0.2.9:8080'])
  expect((await ask(numbered, 80, 'plain')).response?.status).toBe(200)
})

// As observed of istiod and Envoy.
test('a port without a number cannot be dialled by a sidecar, and is none to kube-proxy', async () => {
  const { response, hops } = await ask(unnumbered, 80)
  expect([response?.status, response?.body]).toEqual([
    503,
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure',
  ])
  expect(hops[0]?.log).toMatchObject({
    ...{ flags: 'URX,UF', cluster: 'outbound|80||db.default.svc.cluster.local', upstreamHost: '192.0.2.9' },
    details:
      'upstream_reset_before_response_started{remote_connection_failure|immediate_connect_error:_No_such_file_or_directory|remote_address:192.0.2.9}',
  })
  const bytes = await ask(unnumbered, 9000)
  expect([bytes.error, bytes.hops[0]?.log?.flags]).toEqual(['closed', 'UF,URX'])
  expect((await ask(unnumbered, 80, 'plain')).error).toBe('refused')
})

const slice =
  'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-1, labels: {kubernetes.io/service-name: db}}\naddressType: IPv4\nports: [{name: http, port: 80}]\nendpoints: [{addresses: [192.0.2.9], hostname: one}, {addresses: [192.0.2.10], hostname: two}, {addresses: [192.0.2.11], hostname: ill, conditions: {ready: false}}]\n'
const endpoints =
  'apiVersion: v1\nkind: Endpoints\nmetadata: {name: db}\nsubsets: [{addresses: [{ip: 192.0.2.9, hostname: one}, {ip: 192.0.2.10, hostname: two}], ports: [{name: http, port: 80}]}]\n'

test.each([
  ['an EndpointSlice', slice],
  ['Endpoints', endpoints],
])('DNS knows endpoints of %s by their hostnames below the service', (_, written) => {
  const mesh = createMesh({})
  const headless = 'apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, ports: [{name: http, port: 80}]}\n'
  mesh.apply(readText([headless, written].join('---\n'), 'a.yaml').resources)
  const resolve = (name: string): string | null => mesh.registry.resolve(name, 'default')
  expect(['two.db', 'one.db.default.svc.cluster.local', 'ill.db', '192-0-2-9.db'].map(resolve)).toEqual(['192.0.2.10', '192.0.2.9', null, null])
})

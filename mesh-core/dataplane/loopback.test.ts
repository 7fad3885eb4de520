import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import { createMesh } from '../create-mesh.ts'
import type { Exchange } from '../ir/exchange.ts'

const config = `
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {selector: {app: b}, ports: [{name: http, port: 9090, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: default}
spec:
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: app, image: a, ports: [{containerPort: 7070}]}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: default}
spec:
  selector: {matchLabels: {app: b}}
  template: {metadata: {labels: {app: b}}, spec: {containers: [{name: app, image: b, ports: [{containerPort: 8080}]}]}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: own, namespace: default}
spec:
  egress:
  - {port: {number: 9090, name: http, protocol: HTTP}, captureMode: NONE, hosts: ["./b.default.svc.cluster.local"]}
`

async function ask(port: number, host: string): Promise<Exchange> {
  const mesh = createMesh({})
  mesh.apply(readText(config, 'loopback.yaml').resources)
  const from = mesh.registry.workloads.find(({ ref }) => ref.name === 'a')!.ref
  return mesh.send({
    from: { kind: 'workload', ref: from },
    method: 'GET',
    url: `http://127.0.0.1:${port}/`,
    headers: { host: [host] },
    body: '',
    timeoutMs: null,
  })
}

test('a listener with a port of its own is dialled on the loopback', async () => expect((await ask(9090, 'b')).response?.status).toBe(200))

test('it knows no destination but its own, so that what no service is for finds nobody', async () => {
  const { response, hops } = await ask(9090, 'elsewhere.example.com')
  expect([response?.status, hops[0]?.log?.flags, hops[0]?.log?.cluster]).toEqual([503, 'UH', 'PassthroughCluster'])
})

test('at a port of its own the application listens, past the sidecar', async () => {
  const { response, hops } = await ask(7070, 'b')
  expect([response?.status, hops.map(({ to, log }) => [to?.name, log])]).toEqual([200, [['a', null]]])
})

test('to other ports of the loopback nobody listens', async () => expect((await ask(9191, 'b')).error).toBe('refused'))

import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Exchange } from '../../ir/exchange.ts'

const config = `
apiVersion: mesh.istio.io/v1alpha1
kind: MeshConfig
outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: default}
spec:
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: app, image: a, ports: [{containerPort: 7070}]}]}}
`

async function ask(host: string): Promise<Exchange> {
  const mesh = createMesh({})
  mesh.apply(readText(config, 'loopback.yaml').resources)
  const from = { kind: 'workload', ref: mesh.registry.workloads[0]!.ref } as const
  return mesh.send({ from, method: 'GET', url: 'http://elsewhere.example.com/', headers: { host: [host] }, body: '', timeoutMs: null })
}

test.each(['localhost:7070', 'a.localhost:7070', '127.0.0.1:7070'])('%s leads the sidecar to its own application, past itself', async (host) => {
  const { response, hops } = await ask(host)
  expect([response?.status, hops.map(({ to, inbound }) => [to?.name, inbound])]).toEqual([200, [['a', null]]])
})

test('where that does not listen nobody is', async () => {
  const { response, hops } = await ask('localhost:80')
  expect([response?.status, hops[0]?.log?.flags]).toEqual([503, 'UF'])
})

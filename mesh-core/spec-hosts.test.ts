import { expect, test } from 'vitest'
import { readText } from './config/read.ts'
import { createMesh } from './create-mesh.ts'

const config = `
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {selector: {app: b}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: default}
spec:
  selector: {matchLabels: {app: b}}
  template: {metadata: {labels: {app: b}}, spec: {containers: [{name: app, image: b, ports: [{containerPort: 80}]}]}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: default}
spec:
  hosts: [shop.test]
  http: [{route: [{destination: {host: B}}]}]
`

test.each([
  [false, 503],
  [true, 200],
])('a destination in capitals, by the specification: %s', async (spec, status) => {
  const mesh = createMesh({ spec })
  mesh.apply(readText(config, 'hosts.yaml').resources)
  const from = { kind: 'workload', ref: mesh.registry.workloads[0]!.ref } as const
  const { response } = await mesh.send({ from, method: 'GET', url: 'http://shop.test/', headers: {}, body: '', timeoutMs: null })
  expect(response?.status).toBe(status)
})

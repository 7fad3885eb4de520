import { expect, test } from 'vitest'
import { readText } from '../../../mesh-core/config/read.ts'
import { Headers } from '../../../mesh-core/ir/index.ts'
import { baseResources } from '../deployment/base.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import { EnvoyHost } from './envoy-host.ts'
import { EnvoyMesh } from './envoy-mesh.ts'

const path = await envoyForTests()

const config = `
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {selector: {app: b}, ports: [{name: tcp, port: 9000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: b, namespace: default}
spec:
  selector: {matchLabels: {app: b}}
  template:
    metadata: {labels: {app: b}}
    spec: {containers: [{name: app, image: meshspec/echo, ports: [{containerPort: 9000}]}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 443, name: tls, protocol: TLS}, tls: {mode: SIMPLE, credentialName: missing}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: default}
spec: {hosts: ["*"], gateways: [gw], tcp: [{route: [{destination: {host: b, port: {number: 9000}}}]}]}`

test.skipIf(path === null)('a TCP chain whose certificate is missing closes connections, and writes where they would have gone', async () => {
  const host = await EnvoyHost.start(path!)
  const program = () => () => ({ status: 200, headers: new Headers(), body: '' })
  const mesh = await EnvoyMesh.open(host, { seed: 1, spec: false, program, inboundSidecar: () => false })
  try {
    await mesh.apply([...baseResources(), ...readText(config, 'missing.yaml').resources])
    const { ref } = mesh.registry.workloads.find(({ gateway }) => gateway)!
    const call = { from: { kind: 'gateway', ref }, method: 'GET', url: 'https://any.test/', headers: {}, body: '', timeoutMs: 5000 } as const
    const { error, hops } = await mesh.send(call)
    expect(error).toBe('closed')
    expect(hops[0]?.log).toMatchObject({ cluster: 'outbound|9000||b.default.svc.cluster.local', flags: '-' })
  } finally {
    await mesh.close()
    await host.stop()
  }
})

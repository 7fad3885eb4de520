import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'

const deployment = (name: string, port: number, labels = ''): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}${labels}}}, spec: {containers: [{name: app, image: auto, ports: [{containerPort: ${port}}]}]}}
---`

const config = `${deployment('gate', 8443, ', istio: ingressgateway')}${deployment('b', 8080)}
apiVersion: v1
kind: Service
metadata: {name: gate, namespace: default}
spec: {selector: {app: gate}, ports: [{name: tls, port: 443, targetPort: 8443}]}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {selector: {app: b}, ports: [{name: http2, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gate, namespace: default}
spec: {selector: {app: gate}, servers: [{port: {number: 443, name: tls, protocol: TLS}, tls: {mode: PASSTHROUGH}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: default}
spec: {hosts: [b.test], gateways: [gate], tls: [{match: [{sniHosts: [b.test]}], route: [{destination: {host: b, port: {number: 80}}}]}]}
`

async function ask(protocol: 'h2' | undefined): Promise<unknown> {
  const mesh = createMesh({})
  const { resources, errors } = readText(config, 'gate.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const { ref } = mesh.registry.workloads.find(({ gateway }) => gateway)!
  const before = mesh.clock.now()
  const call = { method: 'GET', url: 'https://b.test/', headers: {}, body: '', timeoutMs: null } as const
  const { error, hops } = await mesh.send({ ...call, from: { kind: 'gateway', ref }, ...(protocol && { protocol }) })
  return [error, mesh.clock.now() - before, hops[0]?.inbound]
}

// Whatever is within it: the receiver's sidecar finds TLS where HTTP/2 was agreed on, and tells nobody but by closing.
test.each<'h2' | undefined>([undefined, 'h2'])(
  'TLS that is passed through to a cluster of HTTP/2 is taken for HTTP/2, and closed (%s)',
  async (protocol) => expect(await ask(protocol)).toEqual(['closed', 1000, null]),
)

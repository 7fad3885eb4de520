import { expect, test } from 'vitest'
import { createMesh } from '../../create-mesh.ts'
import { readText } from '../../config/load.ts'
import type { InboundPort } from '../../ir/inbound-port.ts'
import { inboundChains } from './inbound-chains.ts'

const world = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: default}
spec: {selector: {app: a}, ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 9000, targetPort: 9000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: default}
spec:
  selector: {matchLabels: {app: a}}
  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}
`

const sidecar = (spec: string): string => `
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: a, namespace: default}
spec: ${spec}
`

function portOf(config: string, port: number): InboundPort {
  const mesh = createMesh({})
  mesh.apply(readText(world + config, 'a.yaml').resources)
  return mesh.inboundPort(mesh.registry.workloads[0]!, port)
}

const passthrough: Partial<InboundPort> = { chains: inboundChains('sniffed', 'permissive'), http: 'client', cluster: 'InboundPassthroughCluster' }

test.each<{ about: string; config: string; port: number; wanted: Partial<InboundPort> }>([
  {
    about: 'as the service says',
    config: '',
    port: 8080,
    wanted: { chains: inboundChains('http', 'permissive'), cluster: 'inbound|8080||', leadsTo: { at: 'pod', port: 8080 } },
  },
  { about: 'a port of no service', config: '', port: 1234, wanted: { ...passthrough, leadsTo: { at: 'pod', port: 1234 } } },
  {
    about: 'an empty list',
    config: sidecar('{egress: [{hosts: ["./*"]}], ingress: []}'),
    port: 9000,
    wanted: { chains: inboundChains('bytes', 'permissive'), cluster: 'inbound|9000||' },
  },
  {
    about: 'a port that the list leaves out',
    config: sidecar('{ingress: [{port: {number: 8080, protocol: HTTP}}]}'),
    port: 9000,
    wanted: { ...passthrough, leadsTo: { at: 'pod', port: 9000 } },
  },
  {
    about: 'a protocol of its own, at the loopback',
    config: sidecar('{ingress: [{port: {number: 8080, protocol: TCP}, defaultEndpoint: "127.0.0.1:7000"}]}'),
    port: 8080,
    wanted: { chains: inboundChains('bytes', 'permissive'), cluster: 'inbound|8080||', leadsTo: { at: 'loopback', port: 7000 } },
  },
  {
    about: 'the address of the pod',
    config: sidecar('{ingress: [{port: {number: 9000, protocol: GRPC}, defaultEndpoint: "0.0.0.0:7000"}]}'),
    port: 9000,
    wanted: { chains: inboundChains('http', 'permissive'), http: 'http2', leadsTo: { at: 'pod', port: 7000 } },
  },
  {
    about: 'an endpoint without an address',
    config: sidecar('{ingress: [{port: {number: 3306}, defaultEndpoint: ":7000"}]}'),
    port: 3306,
    wanted: { chains: inboundChains('sniffed', 'permissive'), http: 'client', leadsTo: { at: 'pod', port: 3306 } },
  },
  {
    about: 'the pool of the port before that of the Sidecar',
    config: sidecar(
      '{inboundConnectionPool: {http: {useClientProtocol: true}}, ingress: [{port: {number: 8080, protocol: HTTP}, connectionPool: {http: {maxRetries: 1}}}]}',
    ),
    port: 8080,
    wanted: { http: 'http1' },
  },
  {
    about: 'the pool of the Sidecar',
    config: sidecar('{inboundConnectionPool: {http: {useClientProtocol: true}}}'),
    port: 8080,
    wanted: { http: 'client' },
  },
])('$about', ({ config, port, wanted }) => {
  expect(portOf(config, port)).toMatchObject(wanted)
})

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readText } from '../../../mesh-core/config/load.ts'
import { Headers, type Program } from '../../../mesh-core/ir/index.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import { EnvoyHost } from './envoy-host.ts'
import { EnvoyMesh } from './envoy-mesh.ts'

/** ms; changes of health take a second each. */
vi.setConfig({ testTimeout: 30_000 })

const path = await envoyForTests()

const deployment = (name: string, app: string, replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {pod: ${name}}}
  template:
    metadata: {labels: {app: ${app}, pod: ${name}}}
    spec: {containers: [{name: app, image: meshspec/echo, ports: [{containerPort: 8080}]}]}`

const service = (name: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: default}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}`

const ejects = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: default}
spec: {host: b, trafficPolicy: {outlierDetection: {consecutive5xxErrors: 1, interval: 300s, baseEjectionTime: 300s, maxEjectionPercent: 100}}}`

const entries = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: balanced, namespace: default}
spec: {hosts: [one.test], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 192.0.2.11}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: kept, namespace: default}
spec: {hosts: [other.test], addresses: [192.0.2.11], ports: [{number: 9000, name: http, protocol: HTTP}], resolution: NONE}`

const away = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ported, namespace: default}
spec: {hosts: [ported.test], ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}], resolution: NONE}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: plain, namespace: default}
spec: {hosts: [plain.test], ports: [{number: 80, name: http, protocol: HTTP}], resolution: NONE}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: away, namespace: default}
spec:
  hosts: [ported.test]
  http:
  - {match: [{uri: {prefix: /away}}], route: [{destination: {host: plain.test}}]}
  - {route: [{destination: {host: ported.test}}]}`

const sticks = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: default}
spec: {host: b, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: session, ttl: 60s}}}}}`

const read = (...documents: string[]) => readText(documents.join('\n---'), 'endpoints.yaml').resources
const program = (name: string): Program => {
  return () => ({ status: name === 'b-ill' ? 503 : 200, headers: new Headers(), body: '' })
}

describe.skipIf(path === null)('endpoints that come and go (skipped where Envoy is not installed)', () => {
  let host: EnvoyHost
  let mesh: EnvoyMesh
  beforeAll(async () => {
    host = await EnvoyHost.start(path!)
    mesh = await EnvoyMesh.open(host, {
      seed: 1,
      spec: false,
      program: (workload) => program(workload?.ref.name ?? ''),
      inboundSidecar: () => false,
      outsideName: () => true,
    })
    await mesh.apply(read(service('a'), deployment('a', 'a', 1), service('b'), deployment('b-ill', 'b', 1), deployment('b-well', 'b', 1), ejects))
  })
  afterAll(async () => {
    await mesh.close()
    await host.stop()
  })

  const send = (url: string, connection?: object) => {
    const ref = mesh.registry.workloads.find(({ ref: { name } }) => name === 'a')!.ref
    return mesh.send({ from: { kind: 'workload', ref }, method: 'GET', url, headers: {}, body: '', timeoutMs: 5000, connection } as never)
  }
  const call = async () => (await send('http://b/')).hops[0]?.to?.name
  const receivers = async (times: number) => {
    const names = new Set<string | undefined>()
    for (let i = 0; i < times; i++) names.add(await call())
    return names
  }

  test('who is ejected stays so when the service is scaled', async () => {
    for (let tries = 0; (await call()) !== 'b-ill'; tries++) expect(tries).toBeLessThan(40)
    // Envoy's workers hear of it within a second.
    await new Promise((resolve) => setTimeout(resolve, 1300))
    expect(await receivers(10)).toEqual(new Set(['b-well']))
    await mesh.apply(read(deployment('b-well', 'b', 3)))
    expect(await receivers(10)).toEqual(new Set(['b-well']))
    await mesh.apply(read(deployment('b-new', 'b', 1)))
    expect(await receivers(30)).toEqual(new Set(['b-well', 'b-new']))
  })

  test('where the destination is kept its port is, too, though another entry names the address with a port of its own', async () => {
    await mesh.apply(read(entries))
    const [hop] = (await send('http://192.0.2.11:9000/')).hops
    expect(hop?.log).toMatchObject({ upstreamHost: '192.0.2.11:9000' })
    expect(hop?.log?.cluster).toBe('outbound|9000||other.test')
  })

  test('past all rules the port is the dialled one, of whoever has the address', async () => {
    await mesh.apply(read(entries))
    const [hop] = (await send('http://192.0.2.11:9090/')).hops
    expect(hop).toMatchObject({ port: 9090, log: { cluster: 'PassthroughCluster', upstreamHost: '192.0.2.11:9090' } })
  })

  test('of clusters that keep the destination the chosen one says at which port', async () => {
    await mesh.apply(read(away))
    const portOf = async (path: string) => (await send(`http://ported.test${path}`)).hops[0]?.log?.upstreamHost.replace(/.*:/, '')
    expect([await portOf('/'), await portOf('/away')]).toEqual(['8080', '80'])
  })

  test('the port of the client is that of its connection, and each call without one has its own', async () => {
    await mesh.apply(read(sticks, deployment('b-well', 'b', 5)))
    const receivers = async (connection?: object) => {
      const names = new Set<string | undefined>()
      for (let i = 0; i < 20; i++) names.add((await send('http://b/', connection)).hops[0]?.to?.instance)
      return names.size
    }
    expect(await receivers({})).toBe(1)
    expect(await receivers()).toBeGreaterThan(1)
  })
})

import { describe, expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import { encodeCheckResponse } from '../../ir/authorization-check.ts'
import type { CheckResponse } from '../../ir/authorization-check.ts'
import type { Exchange } from '../../ir/exchange.ts'
import { Headers } from '../../ir/message.ts'
import type { HttpResponse } from '../../ir/message.ts'
import type { Mesh } from '../../mesh.ts'
import { VirtualClock } from '../../time/virtual-clock.ts'

const pods = (name: string, namespace = 'default', label = `app: ${name}`): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {matchLabels: {${label}}}, template: {metadata: {labels: {${label}}}, spec: {containers: [{name: app, image: echo}]}}}
`
const world = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: default}
spec: {selector: {app: db}, ports: [{name: tcp, port: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: guard, namespace: default}
spec: {selector: {app: guard}, ports: [{name: grpc, port: 80}]}
${pods('client')}${pods('db')}${pods('guard')}${pods('istio-ingressgateway', 'istio-system', 'istio: ingressgateway')}---
apiVersion: mesh.istio.io/v1alpha1
kind: MeshConfig
extensionProviders: [{name: opa, envoyExtAuthzGrpc: {service: guard.default.svc.cluster.local, port: 80}}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vs, namespace: default}
spec: {hosts: ["*"], gateways: [gw], tcp: [{route: [{destination: {host: db.default.svc.cluster.local, port: {number: 9000}}}]}]}
`
const asked = (namespace: string, label: string): string => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: asked, namespace: ${namespace}}
spec: {selector: {matchLabels: {${label}}}, action: CUSTOM, provider: {name: opa}, rules: [{}]}
`
const pool = (tcp: string): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: default}
spec: {host: db, trafficPolicy: {connectionPool: {tcp: {${tcp}}}}}
`
const bySidecar = asked('default', 'app: db')
const byGateway = asked('istio-system', 'istio: ingressgateway')

const ok: CheckResponse = { kind: 'ok', headers: [], headersToRemove: [], responseHeaders: [] }
const denied: CheckResponse = { kind: 'denied', status: 0, headers: [], body: '' }

/** @param guardMs how long the authorizer takes, one question after another; the application takes a second */
function meshWith(config: string, answer: CheckResponse, guardMs: readonly number[], clock = new VirtualClock(), reached: string[] = []): Mesh {
  const left = [...guardMs]
  const check: HttpResponse = {
    ...{ status: 200, headers: new Headers(['content-type', 'application/grpc']), body: '' },
    ...{ messages: [encodeCheckResponse(answer)], trailers: new Headers(['grpc-status', '0']) },
  }
  const mesh = createMesh({
    clock,
    program: (pod) => async () => {
      const isGuard = pod?.ref.name === 'guard'
      reached.push(pod?.ref.name ?? '')
      await clock.sleep(isGuard ? (left.shift() ?? 0) : 1000, 'a program works')
      return isGuard ? check : { status: 200, headers: new Headers(), body: 'done' }
    },
  })
  const { resources, errors } = readText(world + config, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  return mesh
}

const client = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
const outside = { kind: 'gateway', ref: { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' } } as const

const send = (mesh: Mesh, from: typeof client | typeof outside, timeoutMs: number | null = null): Promise<Exchange> =>
  mesh.send({ from, method: 'GET', url: from === client ? 'tcp://db:9000' : 'tcp://x.test:9000', headers: {}, body: 'x', timeoutMs })

describe.each([
  ['a sidecar', bySidecar, client],
  ['a gateway', byGateway, outside],
] as const)('an authorizer that %s asks about bytes', (_, policy, from) => {
  test('lets them in, and is waited for', async () => {
    const { error, durationMs, hops } = await send(meshWith(policy, ok, [300]), from)
    expect([error, durationMs]).toEqual([null, 1300])
    expect(hops.filter(({ asks }) => asks).map(({ to }) => to?.name)).toEqual(['guard'])
  })

  test('keeps them out', async () => {
    const { error, durationMs, hops } = await send(meshWith(policy, denied, [300]), from)
    expect([error, durationMs]).toEqual(['closed', 300])
    expect(hops.some(({ to }) => to?.name === 'db')).toBe(false)
    const said = hops.flatMap(({ denial, explain }) => [denial?.().outcome, explain?.().outcome])
    expect(said).toContain(from === client ? 'closed: the authorizer opa has refused it' : 'closed: the authorizer opa did not let it in')
  })

  test('has the connection given back where the client does not wait', async () => {
    const [clock, reached] = [new VirtualClock(), [] as string[]]
    const mesh = meshWith(policy + pool('maxConnections: 1'), ok, [5000], clock, reached)
    expect((await send(mesh, from, 500)).error).toBe('timeout')
    const { error, hops } = await send(mesh, from)
    // When it is answered at last, the bytes that it was asked about go nowhere.
    await clock.elapse(10_000)
    expect(reached).toEqual(['guard', 'guard', 'db'])
    expect([error, hops.map(({ log, inbound }) => [log?.flags, inbound?.flags]).join()]).toEqual([null, expect.not.stringContaining('UO')])
  })
})

test.each([
  ['becomes too old while the application works', 'maxConnectionDuration: 2s', 1500, 'DT', 2000],
  ['becomes too old while the authorizer is asked', 'maxConnectionDuration: 2s', 2500, 'DT', 2000],
  ['is idle while the application works', 'idleTimeout: 600ms', 300, '-', 900],
  ['is idle while the authorizer is asked', 'idleTimeout: 600ms', 700, '-', 600],
])('a connection that %s is closed', async (_, limit, guardMs, flags, at) => {
  const { error, durationMs, hops } = await send(meshWith(byGateway + pool(limit), ok, [guardMs]), outside)
  expect([error, durationMs, hops.find(({ asks }) => !asks)?.log?.flags]).toEqual(['closed', at, flags])
})

test('a connection that its client has given up does not become too old', async () => {
  const clock = new VirtualClock()
  const mesh = meshWith(byGateway + pool('maxConnectionDuration: 2s'), ok, [5000], clock)
  const { error, hops } = await send(mesh, outside, 500)
  await clock.elapse(10_000)
  expect([error, hops.map(({ log }) => log?.flags ?? '-')]).toEqual(['timeout', hops.map(() => '-')])
})

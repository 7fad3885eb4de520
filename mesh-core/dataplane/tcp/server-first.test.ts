import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Exchange } from '../../ir/exchange.ts'

const pods = (name: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app, image: echo}]}}}
`
const world = (rule: string, policy: string): string => `
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: default}
spec: {selector: {app: mail}, ports: [{name: tcp, port: 9000, targetPort: 9000}, {name: auto, port: 9001, targetPort: 9001}]}
${pods('client')}${pods('mail')}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mail, namespace: default}
spec: {host: mail, trafficPolicy: {tls: {mode: ${rule}}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: mail, namespace: default}
spec: {selector: {matchLabels: {app: mail}}, mtls: {mode: ${policy}}}
`

/** Of Istio's own tests. Source: `tests/integration/pilot/common/routing.go` serverFirstTestCases. */
test.each<[port: number, rule: string, policy: string, error: string | null]>([
  [9000, 'DISABLE', 'DISABLE', null],
  [9000, 'ISTIO_MUTUAL', 'STRICT', null],
  [9000, 'ISTIO_MUTUAL', 'PERMISSIVE', null],
  // The receiver's sidecar looks whether TLS begins.
  [9000, 'DISABLE', 'PERMISSIVE', 'timeout'],
  [9000, 'DISABLE', 'STRICT', 'timeout'],
  [9000, 'ISTIO_MUTUAL', 'DISABLE', 'closed'],
  // The sender's looks whether it is HTTP.
  [9001, 'DISABLE', 'DISABLE', 'timeout'],
  [9001, 'ISTIO_MUTUAL', 'STRICT', 'timeout'],
])('a server that speaks first on port %i, %s to %s: %s', async (port, rule, policy, error) => {
  expect((await greet(port, world(rule, policy), 100)).error).toBe(error)
})

const limited = (text: string): string => `${text}---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nprotocolDetectionTimeout: 200ms\n`

test.each<[port: number, rule: string, policy: string, error: string | null, afterMs: number]>([
  [9000, 'DISABLE', 'DISABLE', null, 0],
  [9000, 'ISTIO_MUTUAL', 'PERMISSIVE', null, 0],
  // What the receiver's sidecar waits for in vain is no TLS, which some ask for.
  [9000, 'DISABLE', 'PERMISSIVE', null, 200],
  [9000, 'DISABLE', 'STRICT', 'closed', 200],
  [9001, 'ISTIO_MUTUAL', 'STRICT', null, 200],
  // The sender's takes it for bytes, and then the receiver's.
  [9001, 'DISABLE', 'DISABLE', null, 400],
  [9001, 'DISABLE', 'PERMISSIVE', null, 400],
])('where looks have an end, on port %i, %s to %s: %s', async (port, rule, policy, error, afterMs) => {
  const exchange = await greet(port, limited(world(rule, policy)), 1000)
  expect([exchange.error, exchange.durationMs]).toEqual([error, afterMs])
})

function unlimited(text: string): string {
  return text.replace('trafficPolicy: {', 'trafficPolicy: {connectionPool: {tcp: {idleTimeout: 0s}}, ')
}

const lookingFirst = (text: string): string =>
  `${text}---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\noutboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}\n`

test('with ALLOW_ANY_DYNAMIC_DNS every connection is looked at for HTTP first: who waits for the server is closed by Envoy', async () => {
  const exchange = await greet(9000, lookingFirst(world('DISABLE', 'DISABLE')), 60_000)
  expect([exchange.error, exchange.durationMs]).toEqual(['closed', 15_000])
})

test.each([
  ['its own sidecar passes on nothing more for an hour, and closes', world('DISABLE', 'PERMISSIVE'), 'closed', 3_600_000],
  ['nobody closes', unlimited(world('DISABLE', 'PERMISSIVE')), 'timeout', 7_200_000],
])('a client that is not told how long it waits does not wait for ever: %s', async (_, text, error, afterMs) => {
  const exchange = await greet(9000, text, null, 'hey')
  expect([exchange.error, exchange.durationMs]).toEqual([error, afterMs])
})

test('a look that has an end takes a line that is too short for TLS for what it is', async () => {
  const exchange = await greet(9000, limited(world('DISABLE', 'PERMISSIVE')), 1000, 'hey')
  expect([exchange.error, exchange.durationMs]).toEqual([null, 200])
})

test('a client that has gone is waited for no more', async () => {
  const exchange = await greet(9001, limited(world('DISABLE', 'DISABLE')), 150)
  expect([exchange.error, exchange.hops.length]).toEqual(['timeout', 0])
})

// Seen of sidecars in a cluster, and of Envoy alone.
test.each<[line: string, rule: string, policy: string, error: string | null]>([
  ['hey', 'DISABLE', 'PERMISSIVE', 'timeout'],
  ['hey\n', 'DISABLE', 'PERMISSIVE', 'timeout'],
  ['hey!', 'DISABLE', 'PERMISSIVE', null],
  ['é', 'DISABLE', 'PERMISSIVE', 'timeout'],
  ['éé', 'DISABLE', 'PERMISSIVE', null],
  ['hey', 'DISABLE', 'DISABLE', null],
  ['hey', 'ISTIO_MUTUAL', 'PERMISSIVE', null],
])('a line shorter than the header of a TLS record may be the beginning of one: %j, %s to %s: %s', async (line, rule, policy, error) => {
  expect((await greet(9000, world(rule, policy), 100, line)).error).toBe(error)
})

async function greet(port: number, text: string, timeoutMs: number | null, line?: string): Promise<Exchange> {
  const mesh = createMesh({})
  const { resources, errors } = readText(text, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const ref = { namespace: 'default', name: 'client', instance: 'client' }
  const call = { from: { kind: 'workload', ref }, method: '', url: `tcp://mail:${port}`, headers: {} } as const
  return mesh.send({ ...call, ...(line === undefined ? { body: '', serverFirst: true } : { body: line }), timeoutMs })
}

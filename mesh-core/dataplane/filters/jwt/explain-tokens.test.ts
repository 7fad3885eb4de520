import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { readText } from '../../../config/read.ts'
import { createMesh } from '../../../create-mesh.ts'
import type { Decision, Exchange } from '../../../ir/exchange.ts'

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwks = JSON.stringify({ keys: [keys.publicKey.export({ format: 'jwk' })] })

function token(iss: string, exp: number): string {
  const [head, payload] = [{ alg: 'ES256' }, { iss, exp }].map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'))
  const signature = sign('sha256', Buffer.from(`${head}.${payload}`), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${head}.${payload}.${signature.toString('base64url')}`
}

/** Headers are looked at from the last name to the first, and each rule takes the tokens that are its own out of the request before it refuses one. */
const rules = JSON.stringify([
  { issuer: 'one', jwks, fromHeaders: [{ name: 'x-one' }, { name: 'x-both' }] },
  { issuer: 'two', jwks, fromHeaders: [{ name: 'x-both' }, { name: 'x-also' }] },
])

const deployment = (name: string, labels: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}, ${labels}}}, spec: {containers: [{name: istio-proxy, image: auto, ports: [{containerPort: 8080}]}]}}
---`

const config = (at: string): string => `${deployment('gate', 'istio: ingressgateway')}${deployment('b', 'version: v1')}
apiVersion: v1
kind: Service
metadata: {name: b, namespace: default}
spec: {selector: {app: b}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: gate, namespace: default}
spec: {selector: {app: gate}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gate, namespace: default}
spec: {selector: {app: gate}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: default}
spec: {hosts: ["*"], gateways: [gate], http: [{route: [{destination: {host: b}}]}]}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: default}
spec: {selector: {matchLabels: {app: ${at}}}, jwtRules: ${rules}}
`

async function ask(at: string): Promise<Exchange> {
  const mesh = createMesh({})
  const { resources, errors } = readText(config(at), 'tokens.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const soon = Math.floor(mesh.clock.now() / 1000) + 2_000_000_000
  const headers = { 'x-one': [token('one', soon)], 'x-both': [token('two', soon)], 'x-also': [token('two', 1)] }
  const { ref } = mesh.registry.workloads.find(({ gateway }) => gateway)!
  return mesh.send({ from: { kind: 'gateway', ref }, method: 'GET', url: 'http://b.example.com/', headers, body: '', timeoutMs: null })
}

const told = (decision: Decision | null | undefined): unknown => decision?.rules.map(({ reason }) => reason)
const asTheyCame = [`the token's issuer is "two", wanted "one"`, 'Jwt is expired']

test('a sidecar tells of the tokens as they came', async () => {
  const { response, hops } = await ask('b')
  expect([response?.status, told(hops[0]?.denial?.())]).toEqual([401, asTheyCame])
})

test('so does a gateway', async () => {
  const { response, hops } = await ask('gate')
  expect([response?.status, told(hops[0]?.explain?.())]).toEqual([401, asTheyCame])
})

import { describe, expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import { encodeCheckResponse } from '../../ir/authorization-check.ts'
import type { CheckResponse } from '../../ir/authorization-check.ts'
import { Headers } from '../../ir/message.ts'
import type { Program } from '../../ir/program.ts'

const service = (name: string, protocol: string): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: default}
spec: {selector: {app: ${name}}, ports: [{name: ${protocol}, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app, image: echo}]}}`
const config = (more: string): string => `
apiVersion: mesh.istio.io/v1alpha1
kind: MeshConfig
metadata: {name: istio}
extensionProviders: [{name: guard, envoyExtAuthzGrpc: {service: guard.default.svc.cluster.local, port: 80${more}}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: guarded, namespace: default}
spec: {selector: {matchLabels: {app: shop}}, action: CUSTOM, provider: {name: guard}, rules: [{}]}${service('client', 'http')}${service('shop', 'http')}${service('guard', 'grpc')}`

/** What comes of a request for the shop where the authorizer answers so. */
async function decided(answer: CheckResponse, more = '') {
  const guard: Program = () => ({ status: 200, headers: new Headers(), body: '', messages: [encodeCheckResponse(answer)], trailers: new Headers(['grpc-status', '0']) }) // prettier-ignore
  const shop: Program = () => ({ status: 200, headers: new Headers(['x-own', '1']), body: '' })
  const mesh = createMesh({ program: (pod) => (pod?.app === 'guard' ? guard : shop) })
  mesh.apply(readText(config(more), 'mesh.yaml').resources)
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
  const headers = { 'x-token': ['t'], 'x-user': ['jason'] }
  const { response, hops } = await mesh.send({ from, method: 'GET', url: 'http://shop/', headers, body: '', timeoutMs: null })
  const arrived = hops.find(({ app }) => app === 'shop')?.received ?? null
  return { response: response!, arrived, details: hops.at(-1)?.inbound?.details }
}

describe('an authorizer that is asked over gRPC', () => {
  test('changes the request that it lets in, and its answer', async () => {
    const { response, arrived } = await decided({
      kind: 'ok',
      headers: [{ name: 'x-user', value: 'anna', append: false }],
      headersToRemove: ['X-Token'],
      responseHeaders: [{ name: 'x-own', value: '2', action: 'overwrite-if-exists' }],
    })
    expect([arrived!.headers.get('x-user'), arrived!.headers.has('x-token'), response.headers.get('x-own')]).toEqual(['anna', false, '2'])
  })

  test('keeps others out', async () => {
    const denied: CheckResponse = {
      kind: 'denied',
      status: 401,
      headers: [{ name: 'www-authenticate', value: 'Bearer', append: false }],
      body: 'who?',
    }
    const { response, arrived } = await decided(denied)
    expect([response.status, response.body, response.headers.get('www-authenticate'), arrived]).toEqual([401, 'who?', 'Bearer', null])
  })

  test.each([
    ['says', 429, ', statusOnError: "500"', 429],
    ['does not say', 0, ', statusOnError: "500"', 500],
    ['says, and fails open', 429, ', failOpen: true', 200],
  ])('that cannot tell is answered for as it %s', async (_, status, more, seen) => {
    expect((await decided({ kind: 'error', status, headers: [], body: '' }, more)).response.status).toBe(seen)
  })
})

// Where the router begins. Source: Envoy `Router::Filter::onRequestComplete`.
test('the time of the workload is told without that of the authorizer', async () => {
  const ok = encodeCheckResponse({ kind: 'ok', headers: [], headersToRemove: [], responseHeaders: [] })
  const takes: Readonly<Record<string, number>> = { guard: 50, shop: 20 }
  const mesh = createMesh({
    program: (pod) => async (_, context) => {
      await context.sleep(takes[pod!.app]!)
      const answer = { status: 200, headers: new Headers(), body: '' }
      return pod!.app === 'guard' ? { ...answer, messages: [ok], trailers: new Headers(['grpc-status', '0']) } : answer
    },
  })
  const plain = config('').replace('labels: {app: client}}', 'labels: {app: client}, annotations: {sidecar.istio.io/inject: "false"}}')
  mesh.apply(readText(plain, 'mesh.yaml').resources)
  const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const
  const { response } = await mesh.send({ from, method: 'GET', url: 'http://shop/', headers: {}, body: '', timeoutMs: null })
  expect(response?.headers.get('x-envoy-upstream-service-time')).toBe('20')
})

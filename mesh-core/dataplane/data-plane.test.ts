import { expect, test } from 'vitest'

import { CallError } from '../ir/program.ts'
import type { Program } from '../ir/program.ts'
import { noMutation } from '../ir/route.ts'
import type { ForwardAction, RetryPolicy } from '../ir/route.ts'
import { answer, clusterName, route, testMesh } from './test-mesh.suite.ts'
import type { TestMeshOptions } from './test-mesh.suite.ts'

const origin = { file: 'test.yaml', document: 0, resource: 'VirtualService default/b', path: [] }
const million = 1_000_000

function retries(numRetries: number, retryOn: string[], more: Partial<RetryPolicy> = {}): RetryPolicy {
  const backOff = { baseMs: 25, maxMs: 250 }
  return { numRetries, retryOn, retriableStatusCodes: [], perTryTimeoutMs: null, backOff, hostSelectionAttempts: 5, ...more }
}

test('a request takes its route to a pod, and every proxy on the way says so', async () => {
  const mesh = testMesh({ program: () => answer(200, 'hello'), inbound: true })
  const { response, durationMs, hops } = await mesh.send({ headers: { 'End-User': ' jason ' } })
  expect([response!.status, response!.body, response!.headers.get('server'), durationMs]).toEqual([200, 'hello', 'envoy', 0])
  const [hop] = hops
  expect(hop).toMatchObject({ parent: -1, service: 'b.default.svc.cluster.local', app: 'b', version: 'v1', status: 200, attempt: 1, mirrored: false })
  expect(hop!.log).toMatchObject({
    proxy: 'a.default',
    cluster: clusterName,
    route: 'test',
    flags: '-',
    details: 'via_upstream',
    upstreamHost: '10.0.1.1:8080',
  })
  expect(hop!.inbound).toMatchObject({ proxy: 'b-1.default', cluster: 'inbound|8080||', route: 'default', status: 200 })
  const { headers } = hop!.received!
  expect(headers.get('end-user')).toBe('jason')
  expect(headers.get('x-envoy-attempt-count')).toBe('1')
  expect(headers.get('x-forwarded-client-cert')).toMatch(
    /^By=spiffe:\/\/cluster.local\/ns\/default\/sa\/b;Hash=[0-9a-f]{64};Subject="";URI=.*\/sa\/a$/,
  )
})

test('what a pod sends to its own address stays in it', async () => {
  const mesh = testMesh({ program: () => answer(200, 'me'), inbound: true })
  const { response, hops } = await mesh.send({ url: 'http://10.0.0.1:8080/' })
  expect([response!.status, response!.body]).toEqual([200, 'me'])
  expect(hops).toMatchObject([{ from: { name: 'a' }, to: { name: 'a' }, log: null, inbound: null }])
  expect(hops[0]!.received!.headers.has('x-envoy-attempt-count')).toBe(false)
  expect(await mesh.send({ url: 'http://10.0.0.1:9999/' })).toMatchObject({ response: null, error: 'refused', hops: [] })
})

test('whose sidecar takes a connection may depend on whether the address of a service was kept', async () => {
  const discovery = { cluster: { discovery: 'original-dst' } } as const
  const inbound: TestMeshOptions['inbound'] = ({ ref }, way) => ref.name === 'b-1' && way === 'own-address'
  const inboundOf = async (options: Partial<TestMeshOptions>, url: string) => {
    const { hops } = await testMesh({ program: () => answer(), inbound, ...options }).send({ url })
    return [hops.length, hops[0]!.inbound?.proxy ?? null]
  }
  const toPod = { url: 'http://10.0.1.1/', headers: { host: 'b' } }
  expect(await inboundOf({}, 'http://b/')).toEqual([1, 'b-1.default'])
  expect(await inboundOf(discovery, 'http://b/')).toEqual([1, null])
  const { hops } = await testMesh({ program: () => answer(), inbound, cluster: { ...discovery.cluster, portOverride: 8080 } }).send(toPod)
  expect(hops.map((hop) => hop.inbound?.proxy)).toEqual(['b-1.default'])
})

test('an exchange can be explained afterwards', async () => {
  const onlyApi = route({}, { match: { path: { kind: 'prefix', prefix: '/api', ignoreCase: false }, pathOrigin: null, headers: [], query: [] } })
  const mesh = testMesh({ program: () => answer(), routes: [onlyApi] })
  const missed = (await mesh.send({ url: 'http://b/x' })).hops[0]!.explain!()
  expect(missed).toMatchObject({ chosen: -1, outcome: '404: no rule matched', odds: [], virtualHost: 'b:80', listener: '0.0.0.0_80' })
  expect(missed.rules).toEqual([{ rule: 'http[0]', origin: onlyApi.origin, matched: false, reason: 'path "/x" does not begin with "/api"' }])
  const taken = (await mesh.send({ url: 'http://b/api' })).hops[0]!.explain!()
  expect(taken).toMatchObject({ chosen: 0, outcome: '→ b.default', odds: [{ cluster: clusterName, share: 1 }] })
})

test('a match whose conditions were looked at before says so', async () => {
  const reasonOf = async (more: Parameters<typeof route>[1]) => (await testMesh({ program: () => answer(), routes: [route({}, more)] }).send()).hops[0]!.explain!().rules[0]!.reason // prettier-ignore
  expect(await reasonOf({})).toBe('no match conditions: takes everything')
  expect(await reasonOf({ matchOrigin: origin })).toBe('every request here has what it asks for: takes everything')
})

test('without a route the answer is 404 and nobody is reached', async () => {
  const { response, hops } = await testMesh({ program: () => answer(), routes: [] }).send()
  expect([response!.status, response!.body]).toEqual([404, ''])
  expect(hops).toMatchObject([{ to: null, received: null, status: 404, log: { flags: 'NR', details: 'route_not_found' } }])
})

test.each([
  ['a route', [route()], 403, 'upgrade_failed', '-'],
  ['none', [], 404, 'route_not_found', 'NR'],
])('an upgrade that is not let through is refused as one where %s takes the request', async (_, routes, status, details, flags) => {
  const mesh = testMesh({ program: () => answer(), routes })
  const { response, hops } = await mesh.send({ headers: { connection: 'upgrade', upgrade: 'tunnel' } })
  expect([response!.status, response!.headers.get('connection')]).toEqual([status, 'close'])
  expect(hops).toMatchObject([{ received: null, log: { flags, details } }])
})

test('a delay is no part of the timeout, and an abort comes after it', async () => {
  const delay = { ppm: million, durationMs: 400 }
  const delayed = testMesh({ program: () => answer(), routes: [route({ timeoutMs: 100 }, { fault: { delay, abort: null, origin } })] })
  expect(await delayed.send()).toMatchObject({ response: { status: 200 }, durationMs: 400, hops: [{ log: { flags: 'DI' } }] })
  const abort = { ppm: million, status: { kind: 'http', status: 418 } } as const
  const both = testMesh({ program: () => answer(), routes: [route({}, { fault: { delay, abort, origin } })] })
  expect(await both.send()).toMatchObject({
    response: { status: 418, body: 'fault filter abort' },
    durationMs: 400,
    hops: [{ to: null, log: { flags: 'DI,FI' } }],
  })
})

test('a route gives up after its timeout, and the workload answers nobody', async () => {
  let answered = 0
  const slow = testMesh({
    program: (_request, context) => context.sleep(700).then(() => (answered++, answer())),
    routes: [route({ timeoutMs: 200 })],
    inbound: true,
  })
  const exchange = await slow.send()
  expect(exchange).toMatchObject({ response: { status: 504, body: 'upstream request timeout' }, durationMs: 200 })
  expect(exchange.hops).toMatchObject([{ status: 504, log: { flags: 'UT', details: 'response_timeout' }, inbound: { flags: 'DC', status: 0 } }])
  // The receiver's sidecar keeps what its peer tells it to itself.
  expect(exchange.hops[0]!.received!.headers.has('x-envoy-expected-rq-timeout-ms')).toBe(false)
  const bare = await testMesh({ program: () => answer(), routes: [route({ timeoutMs: 200 })] }).send()
  expect(bare.hops[0]!.received!.headers.get('x-envoy-expected-rq-timeout-ms')).toBe('200')
  await slow.clock.elapse(1000)
  expect(answered).toBe(1)
})

test('what nobody waits for any more changes nothing, and has given its connection to the workload back', async () => {
  let calls = 0
  const mesh = testMesh({
    program: (_request, context) => {
      calls++
      return context.sleep(1000).then(() => answer())
    },
    inbound: true,
    inboundPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } },
    routes: [route({ timeoutMs: 200 })],
  })
  const [first] = [await mesh.send(), await mesh.send()]
  expect(calls).toBe(2)
  // Meanwhile the workload has answered the first.
  for (let i = 0; i < 5; i++) await mesh.send()
  expect(first!.hops[0]!.inbound).toMatchObject({ flags: 'DC', status: 0, durationMs: 200 })
})

test('an answer that comes with the end of the timeout comes too late', async () => {
  const mesh = testMesh({ program: (_request, context) => context.sleep(200).then(() => answer()), routes: [route({ timeoutMs: 200 })] })
  expect(await mesh.send()).toMatchObject({ response: { status: 504 }, durationMs: 200 })
})

test('tries are made again on other pods until they are used up', async () => {
  const program = () => answer(503, 'down')
  const mesh = testMesh({ program, pods: 3, routes: [route({ retry: retries(2, ['5xx']) })] })
  const { response, hops } = await mesh.send()
  expect([response!.status, response!.body]).toEqual([503, 'down'])
  expect(hops.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 503], [2, 503], [3, 503]]) // prettier-ignore
  expect(new Set(hops.map(({ to }) => to!.name)).size).toBe(3)
  expect(hops.map(({ received }) => received!.headers.get('x-envoy-attempt-count'))).toEqual(['1', '2', '3'])
  expect(hops[0]!.log).toMatchObject({ flags: 'URX', details: 'via_upstream', attempts: 3 })
})

test('each try has a limit of its own', async () => {
  const program = (_request: unknown, context: { sleep(ms: number): Promise<void> }) => context.sleep(800).then(() => answer())
  const mesh = testMesh({ program, routes: [route({ retry: retries(1, ['5xx'], { perTryTimeoutMs: 150 }) })] })
  const { response, durationMs, hops } = await mesh.send()
  expect(response).toMatchObject({ status: 504, body: 'upstream request timeout' })
  expect(durationMs).toBeGreaterThanOrEqual(300)
  expect(durationMs).toBeLessThan(325)
  expect(hops.map(({ status }) => status)).toEqual([0, 504])
  expect(hops[0]!.log).toMatchObject({ flags: 'URX,UT', details: 'upstream_per_try_timeout' })
})

test.each([
  ['refused', 'UF', 'remote connection failure', 0],
  ['closed', 'UC', 'connection termination', 1],
] as const)('a connection that is %s ends in 503 %s', async (reason, flag, text, reached) => {
  const program = () => {
    throw new CallError(reason)
  }
  const { response, hops } = await testMesh({ program }).send()
  expect(response).toMatchObject({ status: 503, body: `upstream connect error or disconnect/reset before headers. reset reason: ${text}` })
  expect(hops).toMatchObject([{ status: 503, log: { flags: flag } }])
  expect(hops.filter(({ received }) => received !== null).length).toBe(reached)
})

test('behind a sidecar of its own a workload that is not there is an answer like others', async () => {
  const program = () => {
    throw new CallError('refused')
  }
  const { response, hops } = await testMesh({ program, inbound: true }).send()
  expect(response).toMatchObject({ status: 503 })
  expect(hops).toMatchObject([{ to: null, received: null, log: { flags: '-', details: 'via_upstream' }, inbound: { flags: 'URX,UF', attempts: 3 } }])
})

test('a cluster that is not there is 503 NC, one without pods 503 UH', async () => {
  const missing = testMesh({
    program: () => answer(),
    routes: [route({ clusters: [{ ...firstCluster(), cluster: 'outbound|80|v9|b.default.svc.cluster.local' }] })],
  })
  const nc = await missing.send({ method: 'POST', body: 'x' })
  expect(nc).toMatchObject({ response: { status: 503, body: '' }, hops: [{ log: { flags: 'NC', cluster: '-', details: 'cluster_not_found' } }] })
  expect(nc.response!.headers.get('connection')).toBe('close') // the body was not read
  expect(nc.hops[0]!.explain!().outcome).toBe('503: subset v9 of b.default.svc.cluster.local is in no DestinationRule that acts here')
  const empty = await testMesh({ program: () => answer(), pods: 0 }).send()
  expect(empty).toMatchObject({
    response: { status: 503, body: 'no healthy upstream' },
    hops: [{ log: { flags: 'UH', details: 'no_healthy_upstream' } }],
  })
})

test('a client that gives up is flagged DC, and the request goes on without it', async () => {
  const mesh = testMesh({ program: (_request, context) => context.sleep(500).then(() => answer()) })
  const { response, error, durationMs, hops } = await mesh.send({ timeoutMs: 100 })
  expect([response, error, durationMs]).toEqual([null, 'timeout', 100])
  expect(hops).toMatchObject([{ status: 0, log: { flags: 'DC', details: 'downstream_remote_disconnect' } }])
})

test('a client without a sidecar is past all rules', async () => {
  const abort = { ppm: million, status: { kind: 'http', status: 418 } } as const
  const mesh = testMesh({ program: () => answer(200, 'plain'), sidecar: false, routes: [route({}, { fault: { delay: null, abort, origin } })] })
  const { response, hops } = await mesh.send()
  expect(response).toMatchObject({ status: 200, body: 'plain' })
  expect(hops).toMatchObject([{ log: null, explain: null }])
  expect(await mesh.send({ url: 'http://nosuch/' })).toMatchObject({ response: null, error: 'unresolved' })
  expect(await mesh.send({ url: 'http://b:81/' })).toMatchObject({ response: null, error: 'refused' })
})

test('more requests at once than allowed are refused at once, or wait for a connection', async () => {
  const breaker = { maxConnections: 1, maxPendingRequests: 1, maxRequests: 1000, maxRetries: 1000, retryBudget: null }
  const mesh = testMesh({ program: (_request, context) => context.sleep(500).then(() => answer()), cluster: { circuitBreaker: breaker } })
  const exchanges = await Promise.all(Array.from({ length: 4 }, () => mesh.send()))
  expect(exchanges.map(({ response, durationMs }) => [response!.status, durationMs])).toEqual([[200, 500], [200, 1000], [503, 0], [503, 0]]) // prettier-ignore
  expect(exchanges[3]!.hops[0]!.log).toMatchObject({ flags: 'UO', details: 'upstream_reset_before_response_started{overflow}' })
  expect(exchanges[3]!.response!.headers.get('x-envoy-overloaded')).toBe('true')
})

test('a pod that keeps failing is put out, and let in again later', async () => {
  const outlierDetection = {
    consecutive5xx: 2,
    consecutiveGatewayFailure: null,
    consecutiveLocalOriginFailure: null,
    splitExternalLocalOriginErrors: false,
    intervalMs: 10_000,
    baseEjectionTimeMs: 30_000,
    maxEjectionPercent: 100,
  }
  const program = (_request: unknown, { pod }: { pod: { name: string } }) => answer(pod.name === 'b-1' ? 500 : 200)
  const mesh = testMesh({ program, pods: 2, cluster: { outlierDetection, panicThreshold: 0 } })
  const failures = async (count: number) => {
    let failed = 0
    for (let i = 0; i < count; i++) if ((await mesh.send()).response!.status === 500) failed++
    return failed
  }
  expect(await failures(20)).toBe(2)
  await mesh.clock.elapse(29_999)
  expect(await failures(10)).toBe(0)
  // Past the second in which further changes of health are held back.
  await mesh.clock.elapse(1 + 2000)
  expect(await failures(10)).toBe(2)
})

test('the same seed gives the same exchanges, another one does not', async () => {
  const pods = async (seed: number) => {
    const mesh = testMesh({ program: () => answer(), pods: 5, seed, cluster: { loadBalancing: { kind: 'RANDOM' } } })
    const names: string[] = []
    for (let i = 0; i < 40; i++) names.push((await mesh.send()).hops[0]!.to!.name)
    return names
  }
  expect(await pods(3)).toEqual(await pods(3))
  expect(await pods(3)).not.toEqual(await pods(4))
})

test('a program that waits for ever is named, and a mistake in a program surfaces', async () => {
  await expect(testMesh({ program: () => new Promise(() => {}) }).send()).rejects.toThrow('it waits for a.default: GET http://b/')
  const broken = () => {
    throw new TypeError('undefined is not a function')
  }
  await expect(testMesh({ program: broken }).send()).rejects.toThrow(TypeError)
  await expect(testMesh({ program: () => Promise.reject(new TypeError('late')) }).send()).rejects.toThrow('late')
})

test('the same key reaches the same pod, another one may not; the answer to a client without a key gives it one', async () => {
  const cookie = { kind: 'cookie', name: 'session', path: '/', ttlMs: 60_000, attributes: [], terminal: false } as const
  const action = { ...(route().action as ForwardAction), hashPolicies: [cookie] }
  const loadBalancing = { kind: 'RING_HASH', minimumRingSize: 1024, maximumRingSize: 8_388_608 } as const
  const program: Program = (_request, { pod }) => answer(200, pod.name)
  const mesh = testMesh({ program, pods: 5, routes: [route({}, { action })], cluster: { loadBalancing } })
  const podOf = async (value: string) => (await mesh.send({ headers: { cookie: `session=${value}` } })).response!.body
  for (const value of ['one', 'two']) expect(new Set([await podOf(value), await podOf(value), await podOf(value)]).size).toBe(1)
  expect(new Set(await Promise.all(Array.from({ length: 30 }, (_, i) => podOf(`${i}`)))).size).toBe(5)
  const { response } = await mesh.send()
  const given = /^session="([0-9a-f]{16})"; Max-Age=60; Path=\/; HttpOnly$/.exec(response!.headers.get('set-cookie')!)![1]!
  expect(await podOf(given)).toBe(response!.body)
})

function firstCluster() {
  const { action } = route()
  if (action.kind !== 'forward') throw new Error('a forwarding route')
  return action.clusters[0]!
}

test.each(['WORD', 'get', 'GETX'])("the method %s is the parser's to refuse", async (method) => {
  const { response, hops } = await testMesh({ program: () => answer() }).send({ method })
  expect([response!.status, response!.body, response!.headers.get('connection')]).toEqual([400, 'Bad Request', 'close'])
  expect(hops).toMatchObject([{ to: null, log: { flags: 'DPE', details: 'http1.codec_error', route: '-', cluster: '-' } }])
})

test('a cluster that is not there is not named when a fault answers in its stead', async () => {
  const alternative = { weight: 1, requestHeaders: noMutation, responseHeaders: noMutation, hostRewrite: null, origin }
  const abort = { ppm: million, status: { kind: 'http', status: 418 } } as const
  const routes = [route({ clusters: [{ ...alternative, cluster: 'outbound|80||nobody' }] }, { fault: { delay: null, abort, origin } })]
  const { hops } = await testMesh({ program: () => answer(), routes }).send()
  expect(hops).toMatchObject([{ log: { flags: 'FI', cluster: '-' } }])
})

test.each([
  [null, 'new.example.com', undefined], // of an alternative: nothing is noted
  ['route.example.com', 'route.example.com', 'new.example.com'],
  ['route.example.com', 'route.example.com', 'b', null],
])(
  'a host rewritten by the route to %s and by the alternative arrives as %s, noted as %s',
  async (ofRoute, host, original, ofChoice: string | null = 'new.example.com') => {
    const alternative = { cluster: clusterName, weight: 1, requestHeaders: noMutation, responseHeaders: noMutation, hostRewrite: ofChoice, origin }
    const { hops } = await testMesh({ program: () => answer(), routes: [route({ clusters: [alternative], hostRewrite: ofRoute })] }).send()
    expect(hops[0]!.received!.authority).toBe(host)
    expect(hops[0]!.received!.headers.get('x-envoy-original-host')).toBe(original)
  },
)

import { describe, expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import { createMesh } from '../create-mesh.ts'
import type { Exchange } from '../ir/exchange.ts'
import { Headers } from '../ir/message.ts'
import { VirtualClock } from '../time/virtual-clock.ts'

const pods = (name: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: app, image: echo}]}}}
`
const world = (pool: string): string => `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: default}
spec: {selector: {app: db}, ports: [{name: tcp, port: 9000}, {name: http2, port: 9001}, {name: http, port: 9002}]}
${pods('client')}${pods('db')}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: default}
spec: {host: db, trafficPolicy: {connectionPool: {${pool}}}}
`
const from = { kind: 'workload', ref: { namespace: 'default', name: 'client', instance: 'client' } } as const

interface Asked {
  readonly clock: VirtualClock
  readonly send: (url: string, timeoutMs?: number) => Promise<Exchange>
}

interface Options {
  readonly pool: string
  /** How long the application takes. */
  readonly answerMs: number
  readonly more?: string
  /** Do receivers have them? */
  readonly hasSidecars?: boolean
}

function meshWith({ pool, answerMs, more = '', hasSidecars = true }: Options): Asked {
  const clock = new VirtualClock()
  const program = () => async () => {
    await clock.sleep(answerMs, 'the application works')
    return { status: 200, headers: new Headers(), body: 'done' }
  }
  const mesh = createMesh({ clock, program, inboundSidecar: () => hasSidecars })
  const { resources, errors } = readText(world(pool) + more, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  expect(mesh.notModelled).toEqual([])
  return { clock, send: (url, timeoutMs) => mesh.send({ from, method: 'GET', url, headers: {}, body: 'x', timeoutMs: timeoutMs ?? null }) }
}

async function ask(pool: string, urls: readonly string[], answerMs: number): Promise<readonly Exchange[]> {
  const { send } = meshWith({ pool, answerMs })
  return Promise.all(urls.map((url) => send(url)))
}

describe('a connection on which nothing is said, or for too long', () => {
  test.each<[about: string, pool: string, answerMs: number, error: string | null, durationMs: number, flags: string]>([
    ['in time', 'tcp: {idleTimeout: 2s, maxConnectionDuration: 3s}', 1000, null, 1000, '-'],
    ['idle', 'tcp: {idleTimeout: 2s, maxConnectionDuration: 3s}', 5000, 'closed', 2000, '-'],
    ['old', 'tcp: {idleTimeout: 3s, maxConnectionDuration: 2s}', 5000, 'closed', 2000, 'DT'],
    ['idle for an hour', 'tcp: {maxConnections: 10}', 7_200_000, 'closed', 3_600_000, '-'],
    ['times of HTTP are none of TCP', 'http: {idleTimeout: 2s}', 5000, null, 5000, '-'],
  ])('%s', async (_, pool, answerMs, error, durationMs, flags) => {
    const [exchange] = await ask(pool, ['tcp://db:9000'], answerMs)
    expect(exchange).toMatchObject({
      error,
      durationMs,
      hops: [{ log: { flags, cluster: 'outbound|9000||db.default.svc.cluster.local', durationMs } }],
    })
  })
})

describe('requests that share a connection of HTTP/2', () => {
  const statuses = async (pool: string, port: number): Promise<readonly number[]> =>
    (await ask(pool, Array.from({ length: 5 }, () => `http://db:${port}/`), 1000)).map(({ response }) => response?.status ?? 0) // prettier-ignore
  const limits = (streams: string) => `tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1${streams}}`

  test('two at once, and one that waits', async () =>
    expect(await statuses(limits(', maxConcurrentStreams: 2'), 9001)).toEqual([200, 200, 200, 503, 503]))

  test('any number where nothing is said', async () => expect(await statuses(limits(''), 9001)).toEqual([200, 200, 200, 200, 200]))

  test('on more connections where there may be more', async () =>
    expect(await statuses('tcp: {maxConnections: 2}, http: {http1MaxPendingRequests: 1, maxConcurrentStreams: 2}', 9001)).toEqual([
      200, 200, 200, 200, 200,
    ]))

  test('not where the port speaks HTTP/1.1', async () =>
    expect(await statuses(limits(', maxConcurrentStreams: 5'), 9002)).toEqual([200, 200, 503, 503, 503]))

  test('not where the version is the client’s to say', async () =>
    expect(await statuses(limits(', maxConcurrentStreams: 2, useClientProtocol: true'), 9001)).toEqual([200, 200, 503, 503, 503]))
})

test('a connection that is too old takes no further request, and ends the one that it has', async () => {
  const exchanges = await ask('tcp: {maxConnections: 1, maxConnectionDuration: 1s}', ['http://db:9002/', 'http://db:9002/'], 1500)
  expect(exchanges.map(({ response, durationMs }) => [response?.status, durationMs])).toEqual([
    [200, 1500],
    [200, 3000],
  ])
})

const ofSidecar = `---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: db, namespace: default}
spec: {workloadSelector: {labels: {app: db}}, inboundConnectionPool: {tcp: {maxConnections: 1}}}
`

describe('what answers a connection that was closed before gives no second place back', () => {
  const idle = 'tcp: {maxConnections: 1, idleTimeout: 1s}'
  test.each<[about: string, options: Partial<Options>, flags: string]>([
    ['of the client’s proxy', { pool: idle, hasSidecars: false }, 'UO'],
    ['of the receiver’s', { pool: 'tcp: {idleTimeout: 1s}', more: ofSidecar }, 'UF,URX'],
  ])('%s', async (_, options, flags) => {
    const { clock, send } = meshWith({ pool: idle, answerMs: 3000, ...options })
    const first = await send('tcp://db:9000')
    await clock.run(clock.sleep(5000, 'the application answers'), () => [])
    expect(first.hops).toMatchObject([{ log: { flags: '-', durationMs: 1000 } }])
    const beside = await Promise.all([send('tcp://db:9000'), send('tcp://db:9000')])
    expect(beside.map(({ hops }) => hops[0]?.log?.flags)).toEqual(['-', flags])
  })
})

test('a workload hears nothing of a request whose client goes while it waits for a connection', async () => {
  const { send } = meshWith({ pool: 'tcp: {maxConnections: 100}', answerMs: 3000, more: ofSidecar })
  const exchanges = await Promise.all([send('http://db:9002/'), send('http://db:9002/', 500)])
  expect(exchanges.map(({ error, hops }) => [error, hops[0]?.to?.name, hops[0]?.inbound?.flags])).toEqual([
    [null, 'db', '-'],
    ['timeout', undefined, 'DC'],
  ])
})

test('a workload’s sidecar tries so many requests again at once as its pool allows', async () => {
  const more = `---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: default}
spec: {selector: {app: none}, ports: [{name: http, port: 80, targetPort: 8181}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: none, namespace: default}
spec:
  selector: {matchLabels: {app: none}}
  template: {metadata: {labels: {app: none}}, spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: none, namespace: default}
spec: {workloadSelector: {labels: {app: none}}, inboundConnectionPool: {http: {maxRetries: 1}}}
`
  const { send } = meshWith({ pool: 'tcp: {maxConnections: 100}', answerMs: 0, more })
  const exchanges = await Promise.all(Array.from({ length: 3 }, () => send('http://none/')))
  expect(exchanges.map(({ hops }) => hops[0]?.inbound?.flags).toSorted()).toEqual(['UO,UF', 'UO,UF', 'URX,UF'])
})

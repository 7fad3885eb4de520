import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readText } from '../../../mesh-core/config/load.ts'
import { readPaths } from '../../../mesh-core/config/read-files.ts'
import type { Exchange } from '../../../mesh-core/ir/exchange.ts'
import type { MeshSession } from '../target.ts'
import { envoyForTests } from './envoy-for-tests.ts'
import createTarget from './target.ts'

const path = await envoyForTests()
const target = createTarget({ spec: false })
afterAll(() => target.close())

const scenario = { name: 'test', uri: 'test', tags: [], seed: 1 }
const yaml = (text: string, file = 'test.yaml') => readText(text, file).resources
const opens = (page: string, headers = {}) => ({ from: { kind: 'client' }, method: 'GET', target: page, headers, body: '' }) as const
const pathOf = ({ hops }: Exchange) => hops.map(({ parent, app, version }) => `${parent} ${app}:${version}`)

const subsets = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: default}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]}
---`
const reviewsTo = (http: string) => `${subsets}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: default}
spec: {hosts: [reviews], http: [${http}]}`
const toSubset = (subset: string) => `route: [{destination: {host: reviews, subset: ${subset}}}]`

describe.skipIf(path === null)('Bookinfo on Envoy', () => {
  let session: MeshSession
  beforeAll(async () => {
    await target.open(scenario).then((first) => first.close())
    session = await target.open(scenario)
    await session.deployBookinfo('default')
  })
  afterAll(() => session.close())

  test('a page is made of all services, and every hop is told', async () => {
    await session.apply(yaml(reviewsTo(`{${toSubset('v2')}}`)))
    const exchange = await session.send(opens('/productpage'))
    expect(exchange.response?.status).toBe(200)
    expect(exchange.response?.body).toContain('glyphicon-star')
    expect(pathOf(exchange).sort()).toEqual(['-1 productpage:v1', '0 details:v1', '0 reviews:v2', '2 ratings:v1'])
    const reviews = exchange.hops.find(({ app }) => app === 'reviews')!
    expect(reviews.log).toMatchObject({
      proxy: 'productpage-v1.default',
      direction: 'outbound',
      status: 200,
      flags: '-',
      details: 'via_upstream',
      cluster: 'outbound|9080|v2|reviews.default.svc.cluster.local',
      attempts: 1,
    })
    expect(reviews.inbound).toMatchObject({ proxy: 'reviews-v2.default', cluster: 'inbound|9080||', status: 200 })
    expect(reviews.log!.upstreamHost).toMatch(/^10\.244\.0\.\d+:9080$/)
    expect(reviews.received!.headers.has('x-meshspec-call')).toBe(false)
    expect(reviews.explain!()).toMatchObject({ chosen: 0, outcome: '→ reviews.default subset v2' })
  })

  test('the sidecars speak mutual TLS, and say who has called', async () => {
    const received = async () => (await session.send(opens('/productpage'))).hops.find(({ app }) => app === 'details')!.received!
    const identity = (name: string) => `spiffe://cluster.local/ns/default/sa/bookinfo-${name}`
    const certificate = /^By=(.*);Hash=[0-9a-f]{64};Subject="";URI=(.*)$/.exec((await received()).headers.get('x-forwarded-client-cert')!)
    expect(certificate?.slice(1)).toEqual([identity('details'), identity('productpage')])
    const policy = yaml(
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: details, namespace: default}\nspec: {host: details, trafficPolicy: {tls: {mode: DISABLE}}}',
      'disable.yaml',
    )
    await session.apply(policy)
    expect((await received()).headers.has('x-forwarded-client-cert')).toBe(false)
    await session.remove([{ group: 'networking.istio.io', kind: 'DestinationRule', namespace: 'default', name: 'details' }])
  })

  test('the user decides', async () => {
    await session.apply(yaml(reviewsTo(`{match: [{headers: {end-user: {exact: jason}}}], ${toSubset('v2')}}, {${toSubset('v1')}}`)))
    const login = { ...opens('/login', { 'content-type': 'application/x-www-form-urlencoded' }), method: 'POST', body: 'username=jason&passwd=' }
    const cookie = (await session.send(login)).response!.headers.get('set-cookie')!.split(';')[0]!
    expect(pathOf(await session.send(opens('/productpage', { cookie })))).toContain('0 reviews:v2')
    expect(pathOf(await session.send(opens('/productpage')))).toContain('0 reviews:v1')
  })

  test('a subset that nobody defines has no cluster', async () => {
    await session.apply(yaml(reviewsTo(`{${toSubset('v9')}}`)))
    const call = {
      ...opens('http://reviews:9080/reviews/0'),
      from: { kind: 'service', service: { name: 'productpage', namespace: null, version: null } },
    } as const
    const { response, hops } = await session.send(call)
    expect(response?.status).toBe(503)
    expect(hops).toMatchObject([{ to: null, received: null, status: 503, log: { flags: 'NC', cluster: '-' } }])
  })

  test('a service that nobody has deployed is not known', () => {
    session.assertKnown!({ name: 'reviews', namespace: null, version: 'v2' })
    expect(() => session.assertKnown!({ name: 'review', namespace: null, version: null })).toThrow('no workload of review')
  })

  test('a pod answers on each of its ports, and at the others its sidecar finds nobody', async () => {
    const ports = (name: string, numbers: number[]) => numbers.map((number) => `{name: ${name}-${number}, port: ${number}}`).join()
    await session.apply(
      yaml(
        `
apiVersion: v1
kind: Service
metadata: {name: two, namespace: default}
spec: {selector: {app: two}, ports: [${ports('http', [8080, 9090])}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: two, namespace: default}
spec:
  selector: {matchLabels: {app: two}}
  template:
    metadata: {labels: {app: two}}
    spec: {containers: [{name: two, image: meshspec/echo, ports: [{containerPort: 8080}, {containerPort: 9090}]}]}`,
        'two.yaml',
      ),
    )
    const from = { kind: 'service', service: { name: 'productpage', namespace: null, version: null } } as const
    const seen = async (url: string) => (await session.send({ ...opens(url), from })).hops.at(-1)!
    const hops = await Promise.all([8080, 9090].map((port) => seen(`http://two:${port}/`)))
    expect(hops).toMatchObject([8080, 9090].map((port) => ({ status: 200, log: { upstreamHost: expect.stringMatching(`:${port}$`) } })))
    const pod = hops[0]!.log!.upstreamHost.split(':')[0]
    expect(await seen(`http://${pod}:7070/`)).toMatchObject({
      status: 503,
      received: null,
      log: { flags: '-', cluster: 'PassthroughCluster' },
      inbound: { flags: 'URX,UF', cluster: 'InboundPassthroughCluster' },
    })
  })

  test('requests for a host that nobody knows go on to the pod where the one before went', async () => {
    const from = { kind: 'service', service: { name: 'productpage', namespace: null, version: null } } as const
    const reached = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const { hops } = await session.send({ ...opens('http://reviews:9080/', { host: 'nobody.example.com' }), from })
      expect(hops[0]!.log!.cluster).toBe('PassthroughCluster')
      reached.add(hops[0]!.to!.instance)
    }
    expect(reached.size).toBe(1)
  })

  test('whether a line is too short for who looks for TLS is not shown', async () => {
    await session.apply(
      yaml(`
apiVersion: v1
kind: Service
metadata: {name: lines, namespace: default}
spec: {selector: {app: details}, ports: [{name: tcp, port: 9000, targetPort: 9080}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: lines, namespace: default}
spec: {host: lines, trafficPolicy: {tls: {mode: DISABLE}}}`),
    )
    const from = { kind: 'service', service: { name: 'ratings', namespace: null, version: null } } as const
    const says = (body: string) => session.send({ from, method: 'TCP', target: 'tcp://lines:9000', headers: {}, body })
    await expect(says('hey\n')).rejects.toThrow('carry a mark')
    expect((await says('hey!\n')).response).not.toBeNull()
  })

  test('an endpoint at the name of a service leads to its pods, at a port that the service has alone', async () => {
    await session.apply(
      yaml(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: default}
spec:
  hosts: [books.example.com]
  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 9080}, {number: 81, name: http-none, protocol: HTTP, targetPort: 9999}]
  resolution: DNS
  endpoints: [{address: details.default.svc.cluster.local}]`),
    )
    const from = { kind: 'service', service: { name: 'productpage', namespace: null, version: null } } as const
    const sends = (url: string) => session.send({ ...opens(url), from })
    const known = await sends('http://books.example.com/details/0')
    expect([known.response?.status, known.hops[0]!.app]).toEqual([200, 'details'])
    const unknown = await sends('http://books.example.com:81/details/0')
    expect([unknown.response?.status, unknown.hops[0]!.log!.flags]).toEqual([503, 'URX,UF'])
  })

  test('what Envoy refuses is told in its words with its place, and changes nothing', async () => {
    await session.apply(yaml(reviewsTo(`{${toSubset('v3')}}`)))
    const spoilt = `{${toSubset('v1')}, match: [{uri: {exact: /nobody}}]},\n  {rewrite: {uri: "/a\\nb"}, ${toSubset('v1')}}`
    const refusal = await session.apply(yaml(reviewsTo(spoilt))).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'ConfigRejected' })
    expect((refusal as Error).message).toMatch(
      /^test.yaml:11:3 APPLY_FAILED VirtualService default\/reviews spec.http\[1\]: Envoy refuses it: RouteActionValidationError.PrefixRewrite: value does not match/,
    )
    expect(pathOf(await session.send(opens('/productpage')))).toContain('0 reviews:v3')
  })
})

const roads = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: cnn}
spec: {hosts: [edition.cnn.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress}
spec: {selector: {istio: egressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [edition.cnn.com]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cnn}
spec:
  hosts: [edition.cnn.com]
  gateways: [egress, mesh]
  http:
    - {match: [{gateways: [mesh]}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 80}}}]}
    - {match: [{gateways: [egress]}], route: [{destination: {host: edition.cnn.com, port: {number: 80}}}]}`

describe.skipIf(path === null)('an egress gateway', () => {
  test('each proxy on the way tells its own rules', async () => {
    const session = await target.open(scenario)
    try {
      await session.deployEcho([{ name: 'app', namespace: 'default', versions: ['v1'], replicas: 1, protocol: 'http', port: 80, sidecar: true }])
      await session.apply([...readPaths(['samples/istio/egress-gateway.yaml']).resources, ...yaml(roads)])
      const from = { kind: 'service', service: { name: 'app', namespace: null, version: null } } as const
      const { hops } = await session.send({ from, method: 'GET', target: 'http://edition.cnn.com/', headers: {}, body: '' })
      const told = hops.map(({ explain }) => explain!()).map(({ proxy, rules, chosen }) => [proxy, rules[chosen]?.rule])
      expect(told).toEqual([
        ['app-v1.default', 'http[0].match[0]'],
        ['istio-egressgateway.istio-system', 'http[1].match[0]'],
      ])
    } finally {
      await session.close()
    }
  })
})

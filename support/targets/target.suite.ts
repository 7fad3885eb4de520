import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/load.ts'
import { refOf } from '../../mesh-core/config/resource.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { capabilities } from './target.ts'
import type { Call, Capability, EchoService, MeshSession, ScenarioInfo, Target } from './target.ts'

/** One rule of the contract, and what a target must be able to show for it to be tried. */
interface Case {
  readonly title: string
  readonly needs: readonly Capability[]
  readonly run: (session: MeshSession, target: Target) => Promise<void>
}

export interface SuiteOptions {
  readonly name: string
  readonly createTarget: () => Target | Promise<Target>
  /** Cases that this target does not hold to, by title, with the reason. */
  readonly known?: Readonly<Record<string, string>>
}

const scenario: ScenarioInfo = { name: 'a scenario', uri: 'features/contract.feature', tags: [], seed: 1 }
const echo: Omit<EchoService, 'name'> = { namespace: 'default', versions: ['v1'], replicas: 1, protocol: 'http', port: 80, sidecar: true }
const shop = { name: 'shop', namespace: null, version: null }

const fromClient = (target: string): Call => ({ from: { kind: 'client' }, method: 'GET', target, headers: {}, body: '' })
const fromCaller = (target: string, headers: Call['headers'] = {}): Call => ({
  from: { kind: 'service', service: { name: 'caller', namespace: null, version: null } },
  method: 'GET',
  target,
  headers,
  body: '',
})

const teapot = readText(
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http:
  - match: [{uri: {prefix: /tea}}]
    directResponse: {status: 418}
  - route: [{destination: {host: shop}}]
`,
  'teapot.yaml',
).resources

const refused = readText(
  `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop]
  http: [{directResponse: {status: 418}, route: [{destination: {host: shop}}]}]
`,
  'refused.yaml',
).resources

async function deployShop(session: MeshSession): Promise<void> {
  await session.deployEcho([
    { ...echo, name: 'shop', versions: ['v1', 'v2'] },
    { ...echo, name: 'caller' },
  ])
}

async function gather(exchanges: AsyncIterable<Exchange>): Promise<Exchange[]> {
  const all: Exchange[] = []
  for await (const exchange of exchanges) all.push(exchange)
  return all
}

const inMesh: readonly Capability[] = ['workloads', 'in-mesh-calls']

const cases: readonly Case[] = [
  {
    title: 'Bookinfo is reachable through the gateway once it is deployed',
    needs: ['workloads', 'gateway-calls'],
    run: async (session) => {
      await session.deployBookinfo('default')
      const { response, error, durationMs } = await session.send(fromClient('/productpage'))
      expect([error, response?.status]).toEqual([null, 200])
      expect(response?.body).toContain('Simple Bookstore App')
      expect(durationMs).toBeGreaterThanOrEqual(0)
    },
  },
  {
    title: 'an answer that is an error resolves',
    needs: ['workloads', 'gateway-calls'],
    run: async (session) => {
      await session.deployBookinfo('default')
      expect((await session.send(fromClient('/no-such-path'))).response?.status).toBe(404)
    },
  },
  {
    title: 'a workload sends through the mesh, with its headers',
    needs: [...inMesh, 'received', 'served-by'],
    run: async (session) => {
      await deployShop(session)
      const { hops } = await session.send(fromCaller('http://shop/items?a=1', { 'x-user': 'anna' }))
      expect(hops.at(-1)).toMatchObject({ app: 'shop', received: { method: 'GET', path: '/items?a=1' } })
      expect(hops.at(-1)?.received?.headers.get('x-user')).toBe('anna')
    },
  },
  {
    title: 'config acts when apply has resolved, and no longer when remove has',
    needs: [...inMesh, 'config'],
    run: async (session) => {
      await deployShop(session)
      await session.apply(teapot)
      expect((await session.send(fromCaller('http://shop/tea'))).response?.status).toBe(418)
      await session.remove(teapot.map(refOf))
      expect((await session.send(fromCaller('http://shop/tea'))).response?.status).toBe(200)
    },
  },
  {
    title: 'config that is refused rejects as ConfigRejected, and changes nothing',
    needs: [...inMesh, 'config', 'config-rejection'],
    run: async (session) => {
      await deployShop(session)
      await session.apply(teapot)
      await expect(session.apply(refused)).rejects.toMatchObject({ name: 'ConfigRejected' })
      expect((await session.send(fromCaller('http://shop/tea'))).response?.status).toBe(418)
      expect((await session.send(fromCaller('http://shop/items'))).response?.status).toBe(200)
    },
  },
  {
    title: 'sendMany yields as many as asked for',
    needs: inMesh,
    run: async (session) => {
      await deployShop(session)
      const statuses = (await gather(session.sendMany(fromCaller('http://shop/'), { times: 23, concurrency: 5 }))).map(
        ({ response }) => response?.status,
      )
      expect(statuses).toEqual(Array.from({ length: 23 }, () => 200))
    },
  },
  {
    title: 'sendAll does what sendMany does, where there is one',
    needs: inMesh,
    run: async (session) => {
      if (!session.sendAll) return
      await deployShop(session)
      const all = await session.sendAll(fromCaller('http://shop/'), { times: 23, concurrency: 5 })
      expect(all.map(({ response }) => response?.status)).toEqual(Array.from({ length: 23 }, () => 200))
    },
  },
  {
    title: 'no more are under way at once than allowed',
    needs: [...inMesh, 'behaviour', 'virtual-time'],
    run: async (session) => {
      await deployShop(session)
      await session.setBehaviour({ kind: 'delay', service: shop, ms: 1000 })
      const before = session.now!()
      await gather(session.sendMany(fromCaller('http://shop/'), { times: 20, concurrency: 5 }))
      // Four rounds of a second each: fewer at once would take longer, more would be done sooner.
      expect(session.now!() - before).toBeGreaterThanOrEqual(4000)
      expect(session.now!() - before).toBeLessThan(4500)
    },
  },
  {
    title: 'a behaviour acts at once, on its first answers or on all',
    needs: [...inMesh, 'behaviour'],
    run: async (session) => {
      await deployShop(session)
      await session.setBehaviour({ kind: 'status', service: shop, status: 503, first: 2, endpoint: null })
      const statuses = (await gather(session.sendMany(fromCaller('http://shop/'), { times: 4, concurrency: 1 }))).map(
        ({ response }) => response?.status,
      )
      expect(statuses).toEqual([503, 503, 200, 200])
    },
  },
  {
    title: 'a service without healthy endpoints answers 503',
    needs: [...inMesh, 'behaviour'],
    run: async (session) => {
      await deployShop(session)
      await session.setBehaviour({ kind: 'readiness', service: shop, endpoint: null, ready: false })
      expect((await session.send(fromCaller('http://shop/'))).response?.status).toBe(503)
    },
  },
  {
    title: 'a delay shows in the duration',
    needs: [...inMesh, 'behaviour'],
    run: async (session) => {
      await deployShop(session)
      await session.setBehaviour({ kind: 'delay', service: shop, ms: 300 })
      expect((await session.send(fromCaller('http://shop/'))).durationMs).toBeGreaterThanOrEqual(300)
    },
  },
  {
    title: 'the path names every workload, each with its sender',
    needs: ['workloads', 'gateway-calls', 'path'],
    run: async (session) => {
      await session.deployBookinfo('default')
      const { hops } = await session.send(fromClient('/productpage'))
      const page = hops.findIndex((hop) => hop.app === 'productpage' && hop.parent === -1)
      expect(page).toBeGreaterThanOrEqual(0)
      expect(hops.filter((hop) => hop.parent === page).map(({ app }) => app)).toEqual(expect.arrayContaining(['details', 'reviews']))
    },
  },
  {
    title: 'a decision names the rules tried, with their place in the YAML',
    needs: [...inMesh, 'config', 'decision'],
    run: async (session) => {
      await deployShop(session)
      await session.apply(teapot)
      const decision = (await session.send(fromCaller('http://shop/items'))).hops[0]!.explain!()
      expect(decision.rules.map(({ matched }) => matched)).toEqual([false, true])
      expect(decision.chosen).toBe(1)
      expect(session.locate!(decision.rules[1]!.origin)).toMatchObject({ file: 'teapot.yaml', position: { line: 9 } })
    },
  },
  {
    title: 'odds of clusters can be told as odds of versions',
    needs: [...inMesh, 'exact-odds', 'decision'],
    run: async (session) => {
      await deployShop(session)
      const { proxy, odds } = (await session.send(fromCaller('http://shop/'))).hops[0]!.explain!()
      expect(odds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
      expect(odds.flatMap(({ cluster }) => session.behind!(proxy, cluster).map(({ version }) => version)).sort()).toEqual(['v1', 'v2'])
    },
  },
  {
    title: 'hours pass on the clock',
    needs: ['virtual-time'],
    run: async (session) => {
      const before = session.now!()
      await session.elapse(3 * 3_600_000)
      expect(session.now!() - before).toBe(3 * 3_600_000)
    },
  },
  {
    title: 'pods are listed with their containers',
    needs: ['workloads', 'pods'],
    run: async (session) => {
      await deployShop(session)
      await session.setSidecars('default', false)
      const pods = (await session.pods()).map(({ name, readyContainers, containers }) => `${name} ${readyContainers}/${containers}`)
      expect(pods.toSorted()).toEqual(['caller-v1 1/1', 'shop-v1 1/1', 'shop-v2 1/1'])
    },
  },
]

/** What a target that cannot do it must say, and how to ask it. */
const refusals: Partial<Record<Capability, (session: MeshSession) => Promise<unknown>>> = {
  'in-mesh-calls': (session) => session.send(fromCaller('http://shop/')),
  behaviour: (session) => session.setBehaviour({ kind: 'delay', service: shop, ms: 1 }),
  pods: (session) => session.pods(),
  config: (session) => session.apply(teapot),
}

/** The contract that every target is held to. What a target says it cannot show is skipped, and must be refused as NotSupported. */
export function testTarget({ name, createTarget, known = {} }: SuiteOptions): void {
  describe(`target ${name}`, () => {
    let target: Target
    beforeAll(async () => {
      target = await createTarget()
    })
    afterAll(() => target.close())

    test('has a name and known capabilities', () => {
      expect(target.name).not.toBe('')
      for (const capability of target.capabilities) expect(Object.keys(capabilities)).toContain(capability)
      expect(target.capabilities.has('virtual-time')).toBe(target.clock === 'virtual')
    })

    for (const { title, needs, run } of cases)
      test(title, async ({ skip }) => {
        const missing = needs.filter((capability) => !target.capabilities.has(capability))
        if (missing.length > 0) skip(`${name} does not show: ${missing.join(', ')}`)
        if (known[title] !== undefined) skip(known[title])
        await inSession(target, (session) => run(session, target))
      })

    test('nothing of a scenario outlives it', async ({ skip }) => {
      const missing = [...inMesh, 'config' as const].filter((capability) => !target.capabilities.has(capability))
      if (missing.length > 0) skip(`${name} does not show: ${missing.join(', ')}`)
      await inSession(target, async (session) => {
        await deployShop(session)
        await session.apply(teapot)
      })
      await inSession(target, async (session) => {
        await deployShop(session)
        expect((await session.send(fromCaller('http://shop/tea'))).response?.status).toBe(200)
      })
    })

    for (const [capability, ask] of Object.entries(refusals))
      test(`without ${capability} it says so`, async ({ skip }) => {
        if (target.capabilities.has(capability as Capability)) skip(`${name} shows it`)
        await inSession(target, (session) => expect(ask(session)).rejects.toMatchObject({ name: 'NotSupported' }))
      })
  })
}

async function inSession(target: Target, run: (session: MeshSession) => Promise<unknown>): Promise<void> {
  const session = await target.open(scenario)
  try {
    await run(session)
  } finally {
    await session.close()
  }
}

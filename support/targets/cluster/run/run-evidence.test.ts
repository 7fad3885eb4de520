import { expect, test } from 'vitest'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import { NotSupported } from '../../target.ts'
import { clusterError } from '../kube/cluster-error.ts'
import type { Observer } from '../observe/observer.ts'
import type { Pod } from '../pods/pod.ts'
import type { ClusterRun } from './cluster-run.ts'
import { RunEvidence } from './run-evidence.ts'

const pod = (name: string, container = 'app'): Pod => ({ namespace: 'a', name, container, sidecar: false }) as Pod
const failed = clusterError('CLUSTER_FAILED', 'cannot run a command in pod a/shop', null)

/** @param agents by pod. @param there pods, those that are about to end with `-` before the name. @returns which pods tell what they receive */
async function telling(agents: Readonly<Record<string, Error | boolean>>, there: readonly string[]): Promise<readonly string[]> {
  const of = async (asked: Pod): Promise<object> => {
    const agent = agents[asked.name]
    if (agent instanceof Error) throw agent
    return { pod: asked, isControlled: async () => agent, sequence: async () => 0 }
  }
  const items = there.map((name) => ({
    metadata: { name: name.replace('-', ''), namespace: 'a', ...(name.startsWith('-') && { deletionTimestamp: 'now' }) },
    spec: { containers: [] },
  }))
  const run = { agents: { of }, isDenied: () => false, objects: { list: async () => items } } as unknown as ClusterRun
  const pods = Object.keys(agents).map((name) => pod(name, name === 'egress' ? 'istio-proxy' : 'app'))
  return [...(await new RunEvidence(run, {} as Observer).sequences(pods)).keys()]
}

test('pods of others tell nothing, nor do those without Node, and gateways are not asked', async () => {
  expect(await telling({ shop: true, other: false, bare: new NotSupported('in-mesh-calls', 'no Node'), egress: failed }, ['shop', 'egress'])).toEqual(
    ['a/shop'],
  )
})

test('a pod that is about to end tells nothing more; one that stays and cannot be asked is not passed over', async () => {
  expect(await telling({ client: true, shop: failed }, ['client'])).toEqual(['a/client'])
  expect(await telling({ client: true, shop: failed }, ['client', '-shop'])).toEqual(['a/client'])
  await expect(telling({ client: true, shop: failed }, ['client', 'shop'])).rejects.toBe(failed)
})

interface Asked {
  readonly run: object
  readonly request?: object
  readonly response: object
  readonly scene?: object
}

/** What is told of a request that no pod has received. */
async function toldOf({ run, request = {}, response, scene }: Asked): Promise<Exchange> {
  const agent = { isControlled: async () => true, records: async () => [] }
  const of = async (asked: Pod): Promise<object> => ({ ...agent, pod: asked })
  const exchange = { request: { authority: 'shop', headers: new Headers(['x-request-id', '1']), ...request }, response, error: null, hops: [] }
  const known = {
    copies: false,
    passesGateways: false,
    gateways: [],
    authorizers: [],
    since: null,
    answeredBy: null,
    areUnreached: false,
    objects: [],
  }
  const evidence = new RunEvidence({ agents: { of }, isDenied: () => false, ...run } as unknown as ClusterRun, {} as Observer)
  const [told] = await evidence.of([exchange as unknown as Exchange], null, [pod('shop')], { ...known, ...scene })
  return told!
}

test('headers of answers are told in the words of the scenario, as bodies are', async () => {
  const { response } = await toldOf({
    run: { namespaces: { scenario: (real: string) => real, back: (text: string) => text.replaceAll('run-1', 'prod') } },
    request: { authority: 'shop.run-1' },
    response: { status: 301, headers: new Headers(['location', 'http://shop.run-1/new', 'x-a', '1', 'x-a', '2']), body: 'see shop.run-1' },
  })
  expect([...response!.headers.entries()]).toEqual([
    ['location', 'http://shop.prod/new'],
    ['x-a', '1'],
    ['x-a', '2'],
  ])
  expect(response!.body).toBe('see shop.prod')
})

test.each([
  [true, null],
  [false, 'gateways do not tell what they pass on, and no pod of the run is of egress'],
])('whether an egress gateway was reached, where the gateways of the scenario have counted nothing: %s', async (areUnreached, why) => {
  const { untold } = await toldOf({
    run: { namespaces: { scenario: (real: string) => real, back: (text: string) => text } },
    response: { status: 200, headers: new Headers(), body: '' },
    scene: { passesGateways: true, areUnreached },
  })
  expect(untold!({ name: 'egress', version: null })).toBe(why)
})

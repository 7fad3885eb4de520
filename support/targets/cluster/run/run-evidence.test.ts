import { expect, test } from 'vitest'
import type { Exchange } from '../../../../mesh-core/ir/exchange.ts'
import { Headers } from '../../../../mesh-core/ir/message.ts'
import type { Observer } from '../observe/observer.ts'
import type { Pod } from '../pods/pod.ts'
import type { ClusterRun } from './cluster-run.ts'
import { RunEvidence } from './run-evidence.ts'
import { TellingPods } from './telling-pods.ts'

const pod = (name: string): Pod => ({ namespace: 'a', name, container: 'app', sidecar: false }) as Pod

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
  const all = { agents: { of }, isDenied: () => false, ...run } as unknown as ClusterRun
  const evidence = new RunEvidence(all, new TellingPods(all), {} as Observer)
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

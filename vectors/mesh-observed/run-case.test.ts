import { expect, test } from 'vitest'
import { NotShown } from '../../mesh-core/ir/not-shown.ts'
import type { ObservedCase, SingleObservation } from './case.ts'
import { meshCore } from './engine.ts'
import { play } from './play.ts'
import type { Engine } from './played-mesh.ts'
import { runCase, Unshown } from './run-case.ts'

const service = (name: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: default}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}`

const pod = (name: string, app: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  selector: {matchLabels: {app: ${app}, version: ${name}}}
  template:
    metadata: {labels: {app: ${app}, version: ${name}}}
    spec: {containers: [{name: app, ports: [{containerPort: 8080}]}]}`

const world = [service('a'), pod('a', 'a'), service('b'), pod('b-v1', 'b'), pod('b-v2', 'b')].join('\n---')

const takesTurns = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: b, namespace: default}
spec: {host: b, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}`

const aborts = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: default}
spec: {hosts: [b], http: [{fault: {abort: {httpStatus: 418, percentage: {value: 50}}}, route: [{destination: {host: b}}]}]}`

const calls = [{ from: 'a.default', request: 'GET http://b/' }]

/** mesh-core, which counts how many meshes it has opened. */
async function counting(): Promise<Engine & { opened: number }> {
  const core = await meshCore()
  const engine = { ...core, opened: 0, open: (options: Parameters<Engine['open']>[0]) => (engine.opened++, core.open(options)) }
  return engine
}

/** What the seeds answer to the first call, each answer once. */
async function answers(vector: ObservedCase): Promise<SingleObservation[]> {
  const found = new Map<string, SingleObservation>()
  for (let seed = 1; seed <= 12; seed++) {
    const outcome = await play(vector, world, await meshCore(), seed)
    if (outcome.kind !== 'observed') throw new Error('the config is refused')
    const answer = outcome.observed[0] as SingleObservation
    found.set(`${answer.status} ${answer.reached.length}`, answer)
  }
  return [...found.values()]
}

const fieldsOf = async (vector: ObservedCase, engine: Engine) => (await runCase(vector, world, engine)).map(({ field }) => field)

test('without chance a difference costs few plays, and stays', async () => {
  const vector: ObservedCase = { name: 'plain', calls: [{ from: 'b-v1.default', request: 'GET http://a/' }] }
  const [answer] = await answers(vector)
  const engine = await counting()
  expect(await fieldsOf({ ...vector, observed: [{ ...answer!, route: 'other' }] }, engine)).toEqual(['route'])
  expect(engine.opened).toBeLessThanOrEqual(12)
})

test('what chance allows passes, and needs no other mesh; what it does not allow is a difference in every draw', async () => {
  const vector: ObservedCase = { name: 'aborts', config: aborts, calls }
  const drawn = await answers(vector)
  expect(drawn.map(({ status }) => status).sort()).toEqual([200, 418])
  for (const answer of drawn) {
    const engine = await counting()
    expect(await fieldsOf({ ...vector, observed: [answer] }, engine)).toEqual([])
    expect(engine.opened).toBe(1)
    expect(await fieldsOf({ ...vector, observed: [{ ...answer, headers: { ...answer.headers, 'x-added': '1' } }] }, engine)).toContain(
      'headers.x-added',
    )
    expect(engine.opened).toBeLessThanOrEqual(26)
  }
})

const triesAgain = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b, namespace: default}
spec: {hosts: [b], http: [{retries: {attempts: 1, retryOn: 5xx}, route: [{destination: {host: b}}]}]}`

// Whichever of the two is the first of seed 1: after one of these beginnings no call of that mesh has a single arrival.
test.each(['b-v1', 'b-v2'])(
  'a balancer that takes turns begins anywhere: what only another beginning shows passes, where %s fails',
  async (failing) => {
    const turns: ObservedCase = { name: 'turns', config: `${takesTurns}\n---${triesAgain}`, behaviour: { [failing]: { status: 503 } }, calls }
    const drawn = await answers(turns)
    expect(drawn.map(({ reached }) => reached.length).sort()).toEqual([1, 2])
    for (const answer of drawn) {
      expect(await fieldsOf({ ...turns, observed: [answer] }, await meshCore())).toEqual([])
      expect(await fieldsOf({ ...turns, observed: [{ ...answer, route: 'other' }] }, await meshCore())).toContain('route')
    }
  },
)

test('what an engine says that it cannot show is not run, and fails where the engine is to show all', async () => {
  const core = await meshCore()
  const failing: Engine = {
    ...core,
    open: () => {
      throw new NotShown('no DNS here')
    },
  }
  const vector = { name: 'x', calls: [], observed: [] } as unknown as ObservedCase
  expect(await runCase(vector, world, failing)).toMatchObject([{ field: 'crash' }])
  await expect(runCase(vector, world, { ...failing, unshown: ({ message }) => message })).rejects.toEqual(new Unshown('no DNS here'))
})

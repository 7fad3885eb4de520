import { performance } from 'node:perf_hooks'
import { readPaths } from '../mesh-core/index.ts'
import { defaultSettings } from '../support/settings.ts'
import { findEnvoy } from '../support/targets/envoy/find-envoy.ts'
import createTarget from '../support/targets/envoy/target.ts'
import type { MeshSession } from '../support/targets/target.ts'
import type { Benchmark, Figure } from './benchmark.ts'
import { median } from './benchmark.ts'

const starts = 5
const applies = 30

/** Two configs that send all requests to another version of reviews each. */
const configs = ['virtual-service-all-v1', 'virtual-service-reviews-v3'].map((name) => `samples/bookinfo/networking/${name}.yaml`)

/** Real Envoy in the mesh of an author: from nothing to Bookinfo, from one config to the next, and back to nothing. */
export const envoyMesh: Benchmark = {
  name: 'envoy-mesh',
  about: 'Bookinfo on real Envoy: start of Envoy, gateway, sidecars and services; apply until every proxy acts by it; stop',
  unable: withoutEnvoy,
  async run(): Promise<readonly Figure[]> {
    const rounds: Round[] = []
    for (let i = 0; i < starts; i++) rounds.push(await round())
    const applied = rounds.flatMap(({ applyMs }) => applyMs).sort((a, b) => a - b)
    return [
      { what: `start, median of ${starts}`, value: median(rounds.map(({ startMs }) => startMs)) / 1000, unit: 's', goal: { atMost: 2 } },
      { what: `apply until acknowledged, median of ${applied.length}`, value: median(applied), unit: 'ms', goal: { atMost: 50 } },
      { what: 'apply, the slowest in twenty', value: applied[Math.floor(applied.length * 0.95)]!, unit: 'ms' },
      { what: `stop, median of ${starts}`, value: median(rounds.map(({ stopMs }) => stopMs)) / 1000, unit: 's', goal: { atMost: 1 } },
    ]
  },
}

/** Why nothing can be measured on Envoy; `null` when it can. */
export async function withoutEnvoy(): Promise<string | null> {
  try {
    await findEnvoy()
    return null
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error)
  }
}

interface Round {
  readonly startMs: number
  readonly applyMs: readonly number[]
  readonly stopMs: number
}

async function round(): Promise<Round> {
  const target = createTarget(defaultSettings)
  const startedMs = performance.now()
  const session = await target.open({ name: 'bench', uri: 'bench', tags: [], seed: 1 })
  await session.deployBookinfo('default')
  const startMs = performance.now() - startedMs
  await assertPage(session)
  const applyMs: number[] = []
  await session.apply(resourcesOf('samples/bookinfo/networking/destination-rule-all.yaml'))
  for (let i = 0; i < applies / starts; i++) {
    const resources = resourcesOf(configs[i % configs.length]!)
    const start = performance.now()
    await session.apply(resources)
    applyMs.push(performance.now() - start)
  }
  await assertPage(session)
  const stoppingMs = performance.now()
  await session.close()
  await target.close()
  return { startMs, applyMs, stopMs: performance.now() - stoppingMs }
}

/** What is fast and does not answer is not fast. */
async function assertPage(session: MeshSession): Promise<void> {
  const { response } = await session.send({ from: { kind: 'client' }, method: 'GET', target: '/productpage', headers: {}, body: '' })
  if (response?.status !== 200) throw new Error(`the page answers ${response?.status}`)
}

function resourcesOf(file: string): ReturnType<typeof readPaths>['resources'] {
  const { resources, errors } = readPaths([file])
  if (errors.length > 0) throw errors[0]!
  return resources
}

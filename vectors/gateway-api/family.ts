import type { Difference } from '../difference.ts'
import { type Family, isSelected } from '../family.ts'
import { readVectors } from '../read-vectors.ts'
import { compareCase, withoutUnchecked } from './compare-case.ts'
import { compareDistribution } from './compare-distribution.ts'
import { compareStatus } from './compare-status.ts'
import { NotPlayable, send } from './exchange.ts'
import { type StageEngine, stageEngine } from './stage-mesh.ts'
import { readSuite, Stage, type Suite } from './stage.ts'
import { type GatewayApiVector, isGatewayApiVector } from './vector.ts'

/** The conformance suite of the Kubernetes Gateway API; a vector is one of its tests. Where istiod departs from the specification, the latter is followed. */
export const gatewayApi: Family = {
  folders: ['../shared/upstream/gateway-api'],
  engines: ['core', 'envoy'],
  async *run(path, selection, engineName) {
    const files = readVectors(path, isGatewayApiVector, 'in the form that vector.schema.json says')
    const names = files.flatMap(({ vectors }) => vectors.flatMap(({ cases }) => cases.flatMap(({ tls }) => tls?.serverName ?? [])))
    const suite = await readSuite(path, [...new Set(names)])
    const engine = await stageEngine(engineName)
    try {
      for (const vector of files.flatMap(({ vectors }) => vectors)) {
        const { name, kind: area, description: about } = vector
        if (!isSelected(selection, area, name)) continue
        const skipped = unmet(vector)
        yield { area, name, about, skipped, differences: skipped === null ? await tryRun(engine, suite, vector) : [] }
      }
    } finally {
      await engine.close()
    }
  },
}

/** What this implementation does not do though the suite knows a feature for it: such a test is not for it. */
const unsupported = new Set<string>()

function unmet({ requires = [] }: GatewayApiVector): string | null {
  const other = requires.find(({ feature, supported }) => unsupported.has(feature) === supported)
  return other ? `it is for those that ${other.supported ? '' : 'do not '}support ${other.feature}` : null
}

async function tryRun(engine: StageEngine, suite: Suite, vector: GatewayApiVector): Promise<Difference[]> {
  let stage: Stage | null = null
  try {
    stage = await Stage.open(engine, suite, vector)
    return await run(stage, vector)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return [{ call: null, field: 'crash', wanted: undefined, seen: text }]
  } finally {
    await stage?.close()
  }
}

/** Phase 0, then each mutation with its phase. */
async function run(stage: Stage, vector: GatewayApiVector): Promise<Difference[]> {
  const found = await runPhase(stage, vector, 0)
  for (const [i, mutation] of (vector.mutations ?? []).entries()) {
    await stage.mutate(mutation)
    found.push(...(await runPhase(stage, vector, i + 1)))
  }
  return found
}

async function runPhase(stage: Stage, vector: GatewayApiVector, phase: number): Promise<Difference[]> {
  const found = vector.status.filter((one) => one.phase === phase).flatMap((wanted) => compareStatus(stage, wanted))
  const cases = hasErratum(vector) ? vector.cases.map(withoutUnchecked) : vector.cases
  for (const one of cases.filter((other) => other.phase === phase))
    found.push(
      ...(await playable(one.name, async () => {
        const differences: Difference[] = []
        for (let i = 0; i < (one.repeat ?? 1) && differences.length === 0; i++)
          differences.push(...compareCase(one, await send(stage, one, `${one.name}${i}`), stage.certificates))
        return differences
      })),
    )
  for (const one of (vector.distributions ?? []).filter((other) => other.phase === phase))
    found.push(...(await playable(one.subtest ?? one.kind, () => compareDistribution(stage, vector, one))))
  return found
}

function hasErratum({ notes = [] }: GatewayApiVector): boolean {
  return notes.some((note) => note.startsWith('erratum:'))
}

async function playable(call: string, play: () => Promise<Difference[]>): Promise<Difference[]> {
  try {
    return await play()
  } catch (error) {
    if (!(error instanceof NotPlayable)) throw error
    return [{ call, field: 'case', wanted: 'played', seen: error.message }]
  }
}

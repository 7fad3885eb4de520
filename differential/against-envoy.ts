import { readFileSync } from 'node:fs'
import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import type { Difference } from '../vectors/difference.ts'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { callName } from '../vectors/mesh-observed/compare.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import { realEnvoy } from '../vectors/mesh-observed/envoy-engine.ts'
import { type Engine, type Observer, openCase, type Outcome, play } from '../vectors/mesh-observed/play.ts'
import { interact, runCase, tried } from '../vectors/mesh-observed/run-case.ts'
import { atOnce, inOrder, takesTime } from './at-once.ts'
import { asCase, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { worldFile } from './oracle.ts'
import type { Judgement, Referee } from './referee.ts'

/** Draws of chance that a single call is compared with. */
const seeds = 400
/** Meshes that Envoy has at the same time. */
const meshesAtOnce = 20
const callsAtOnce = 12
/** ms; a call that is later than that may have been delayed. */
const latenessMs = 100
/** At a call that differs, after the first. */
const looks = 3

/** mesh-core's own config in real Envoy: what differs is the data plane. @throws MeshSpecError ENVOY_NOT_FOUND */
export async function againstEnvoy(): Promise<Referee> {
  const core = readingOnce(await meshCore())
  const envoy = await realEnvoy()
  const engines = { core, envoy: { ...envoy, read: core.read } }
  return {
    name: 'envoy',
    async judge(meshes) {
      const isSlow = meshes.map((mesh) => takesTime(asCase(mesh)))
      // They wait more than they do: meanwhile the others are asked.
      const slow = judgeTogether(
        meshes.filter((_, i) => isSlow[i]),
        engines,
      )
      const others = meshes.filter((_, i) => !isSlow[i])
      const quick: Judgement[] = []
      for (let start = 0; start < others.length; start += meshesAtOnce)
        quick.push(...(await judgeTogether(others.slice(start, start + meshesAtOnce), engines)))
      const queues = { slow: [...(await slow)], quick }
      return isSlow.map((waits) => (waits ? queues.slow : queues.quick).shift()!)
    },
    close: () => envoy.close(),
  }
}

interface Engines {
  readonly core: Engine
  readonly envoy: Engine
}

async function judgeTogether(meshes: readonly GeneratedMesh[], engines: Engines): Promise<Judgement[]> {
  const outcomes = await playTogether(meshes.map(asCase), engines.envoy, atOnce(callsAtOnce))
  // mesh-core is asked when all of them are done: while it computes, nobody is answered here.
  const judgements: Judgement[] = []
  for (const [i, outcome] of outcomes.entries()) judgements.push(await firstLook(meshes[i]!, outcome, engines))
  return judgements
}

/** Of many calls at once some are late, and what that has made different is no difference: those calls are made again, one after another. */
async function firstLook(mesh: GeneratedMesh, outcome: Outcome | Error, engines: Engines): Promise<Judgement> {
  const first = await leniently(mesh, outcome, engines.core)
  let [again, less, played] = [first, mesh, outcome]
  // Wall time has no upper bound on a busy machine: the shortest of some looks tells.
  for (let look = 1; look <= looks && again.late.length + again.judgement.differences.length > 0; look++) {
    less = { ...less, calls: callsOf(less, [...again.late, ...again.judgement.differences]) }
    const [alone] = await playTogether([asCase(less)], engines.envoy, inOrder)
    if (alone instanceof Error) return first.judgement
    played = alone!
    again = await leniently(less, played, engines.core)
    if (again.judgement.differences.length > 0) return again.judgement
  }
  if (again.late.length > 0) return judgeOne(less, played, engines.core)
  return { ...first.judgement, differences: [], unsteady: first.judgement.differences }
}

/** Without the differences that a busy machine makes; those that may be more than that stand apart. */
async function leniently(
  mesh: GeneratedMesh,
  outcome: Outcome | Error,
  core: Engine,
): Promise<{ judgement: Judgement; late: readonly Difference[] }> {
  const late: Difference[] = []
  const judgement = await judgeOne(mesh, outcome, core, (difference) => {
    if (!comesLate(difference)) return false
    if (Number(difference.wanted) - Number(difference.seen) > latenessMs) late.push(difference)
    return true
  })
  return { judgement, late }
}

/** The calls that differ; all where one may decide about the next, or where the config as a whole is treated differently. */
function callsOf(mesh: GeneratedMesh, differences: readonly Difference[]): GeneratedMesh['calls'] {
  if (interact(asCase(mesh)) || differences.some(({ call }) => call === null)) return mesh.calls
  return mesh.calls.filter((call, index) => differences.some((difference) => difference.call === callName(call, index)))
}

function comesLate({ field, wanted, seen }: Difference): boolean {
  return field === 'durationMs' && Number(wanted) > Number(seen)
}

const world = readFileSync(worldFile, 'utf8')

/** Each phase of all cases before the next one: config that is taken up holds requests up, and one change is cheaper than many. */
async function playTogether(cases: readonly ObservedCase[], engine: Engine, observe: Observer): Promise<(Outcome | Error)[]> {
  const opened = await Promise.all(cases.map((vector) => tried(() => openCase(vector, world, engine, 1))))
  const outcomes = await Promise.all(
    opened.map((one, i): Promise<Outcome | Error> | Outcome | Error => {
      if (one instanceof Error || one.kind === 'rejected') return one
      const { scene, warnings, notModelled } = one
      return tried(async () => ({ kind: 'observed', observed: await observe(cases[i]!, scene), warnings, notModelled }))
    }),
  )
  await Promise.all(opened.map((one) => (one instanceof Error || one.kind === 'rejected' ? null : one.close())))
  return outcomes
}

async function judgeOne(mesh: GeneratedMesh, outcome: Outcome | Error, core: Engine, isLate = (_: Difference) => false): Promise<Judgement> {
  const vector = asCase(mesh)
  const nothing = { mesh, differences: [], explained: 0, skipped: null, refused: false, unsteady: [], observed: [] }
  if (outcome instanceof Error) return { ...nothing, skipped: outcome.message }
  if (outcome.kind === 'rejected') {
    const alone = await play({ ...vector, calls: [] }, world, core, 1)
    return alone.kind === 'rejected' ? { ...nothing, refused: true } : { ...nothing, differences: outcome.errors.map(refusal) }
  }
  const observed: ObservedCase = { ...vector, observed: outcome.observed }
  const known = new KnownOf('envoy')
  // Config is judged before it reaches a data plane, by the same code for both.
  const ofConfig = ({ field }: Difference): boolean => field === 'warnings'
  const ignores = (difference: Difference): boolean => ofConfig(difference) || isLate(difference) || known.covers(difference)
  const differences = await runCase(observed, world, core, { seeds, ignores })
  return { ...nothing, differences, explained: known.count, observed: outcome.observed }
}

/** The world is the same for every mesh, and what is read of it never changes. */
function readingOnce(engine: Engine): Engine {
  const before = engine.read(world, 'worlds/shop.yaml')
  return { ...engine, read: (text, file) => (text === world ? before : engine.read(text, file)) }
}

function refusal({ message }: MeshSpecError): Difference {
  return { call: null, field: 'rejected', wanted: message, seen: undefined, note: 'Envoy refuses what mesh-core takes' }
}

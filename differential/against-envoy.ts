import type { MeshSpecError } from '../mesh-core/config/errors.ts'
import { NotYetProgrammed } from '../support/targets/target.ts'
import type { Difference } from '../vectors/difference.ts'
import type { ObservedCase } from '../vectors/mesh-observed/case.ts'
import { callName } from '../vectors/mesh-observed/compare.ts'
import { meshCore } from '../vectors/mesh-observed/engine.ts'
import { realEnvoy } from '../vectors/mesh-observed/envoy-engine.ts'
import { type Observer, openCase, type Outcome, play } from '../vectors/mesh-observed/play.ts'
import type { Engine } from '../vectors/mesh-observed/played-mesh.ts'
import { interact, runCase, tried } from '../vectors/mesh-observed/run-case.ts'
import { atOnce, inOrder, takesTime, Turns } from './at-once.ts'
import { asCase, type GeneratedMesh } from './generate/mesh.ts'
import { KnownOf } from './known.ts'
import { type Judgement, type Referee, seedOf } from './referee.ts'
import { worldOf } from './worlds.ts'

/** Draws of chance that a single call is compared with. */
const seeds = 400
/** At the first look: what comes of the load of many calls at once would be drawn in vain, and is looked at again in any case. */
const firstSeeds = 100
/** Meshes that Envoy has at the same time. */
const meshesAtOnce = 20
/** Those of them at a time whose config was taken up too late: there may be too much of it. */
const meshesAgain = 5
/** More would make each other late, and what is late is asked again on meshes that are made again. */
const callsAtOnce = 5
/** ms; a call that is later than that may have been delayed. */
const latenessMs = 100
/** Of looks at a call that differs, after the first. */
const rounds = 3

/** mesh-core's own config in real Envoy: what differs is the data plane. @throws MeshSpecError ENVOY_NOT_FOUND */
export async function againstEnvoy(): Promise<Referee> {
  const core = withEverySidecar(readingOnce(await meshCore()))
  const envoy = await realEnvoy()
  const engines = { core, envoy: withEverySidecar({ ...envoy, read: core.read }) }
  return {
    name: 'envoy',
    async judge(meshes) {
      const isSlow = meshes.map((mesh) => takesTime(asCase(mesh)))
      // They wait more than they do: meanwhile the others are asked.
      const slow = firstLooks(
        meshes.filter((_, i) => isSlow[i]),
        engines,
      )
      const others = meshes.filter((_, i) => !isSlow[i])
      const quick: Look[] = []
      for (let start = 0; start < others.length; start += meshesAtOnce)
        quick.push(...(await firstLooks(others.slice(start, start + meshesAtOnce), engines)))
      // Not before all of them are done: what one computes makes another late.
      const queues = { slow: await judgeAgain(await slow, engines, () => together), quick: await judgeAgain(quick, engines, fewAtOnce) }
      return isSlow.map((waits) => (waits ? queues.slow : queues.quick).shift()!)
    },
    close: () => envoy.close(),
  }
}

interface Engines {
  readonly core: Engine
  readonly envoy: Engine
}

/** How the calls of a mesh were answered at last: of those that differed. */
interface Look {
  readonly first: Judgement
  readonly mesh: GeneratedMesh
  readonly outcome: Outcome | Error
  readonly judgement: Judgement
  readonly late: readonly Difference[]
}

async function firstLooks(meshes: readonly GeneratedMesh[], engines: Engines): Promise<Look[]> {
  const outcomes = await playTogether(meshes.map(asCase), engines.envoy, atOnce(callsAtOnce))
  // Of a busy machine's Envoy config may be taken up too late. Then all of its meshes are without an answer, and another Envoy is asked.
  const unprogrammed = [...outcomes.keys()].filter((i) => outcomes[i] instanceof NotYetProgrammed)
  const again = unprogrammed.map((i) => asCase(meshes[i]!))
  for (let start = 0; start < again.length; start += meshesAgain) {
    const taken = await playTogether(again.slice(start, start + meshesAgain), engines.envoy, atOnce(callsAtOnce))
    for (const [place, outcome] of taken.entries()) outcomes[unprogrammed[start + place]!] = outcome
  }
  // mesh-core is asked when all of them are done: while it computes, nobody is answered here.
  const taken: Look[] = []
  for (const [i, outcome] of outcomes.entries()) {
    const mesh = meshes[i]!
    const { judgement, late } = await leniently(mesh, outcome, engines.core, firstSeeds)
    taken.push({ first: judgement, mesh, outcome, judgement, late })
  }
  return taken
}

/**
 * Of many calls at once some are late, and what that has made different is no difference: those calls are made again, one after another, while nothing else
 * is done here. Wall time has no upper bound on a busy machine: the shortest of some looks tells.
 * @param orderOf the meshes in each of the rounds: those that wait for time to pass wait together
 */
async function judgeAgain(taken: readonly Look[], engines: Engines, orderOf: (round: number) => Order): Promise<Judgement[]> {
  const looks = [...taken]
  for (let round = 1; round <= rounds; round++) {
    const open = [...looks.entries()].filter(([, look]) => isOpen(look) && (round === 1 || look.judgement.differences.length === 0))
    const meshes = open.map(([, { mesh, late, judgement }]) => ({ ...mesh, calls: callsOf(mesh, [...late, ...judgement.differences]) }))
    const outcomes = meshes.length > 0 ? await playTogether(meshes.map(asCase), engines.envoy, inOrder, orderOf(round)) : []
    for (const [place, [i, { first }]] of open.entries()) {
      const [mesh, outcome] = [meshes[place]!, outcomes[place]!]
      // What could not be looked at again stays as it was seen.
      if (!(outcome instanceof Error)) looks[i] = { first, mesh, outcome, ...(await leniently(mesh, outcome, engines.core)) }
    }
  }
  const judgements: Judgement[] = []
  for (const look of looks) judgements.push(await lastWord(look, engines.core))
  return judgements
}

function isOpen({ judgement, late }: Look): boolean {
  return judgement.differences.length + late.length > 0
}

async function lastWord({ first, mesh, outcome, judgement, late }: Look, core: Engine): Promise<Judgement> {
  if (judgement.differences.length > 0) return judgement
  if (late.length > 0) return judgeOne(mesh, outcome, core)
  return { ...first, differences: [], unsteady: first.differences }
}

/** Without the differences that a busy machine makes; those that may be more than that stand apart. */
async function leniently(
  mesh: GeneratedMesh,
  outcome: Outcome | Error,
  core: Engine,
  draws = seeds,
): Promise<{ judgement: Judgement; late: readonly Difference[] }> {
  const late = new Map<string | null, Difference>()
  const isLate = (difference: Difference): boolean => {
    if (!comesLate(difference)) return false
    if (Number(difference.wanted) - Number(difference.seen) > latenessMs) late.set(difference.call, difference)
    return true
  }
  const judgement = await judgeOne(mesh, outcome, core, { isLate, draws })
  return { judgement, late: [...late.values()] }
}

/** The calls that differ; all where one may decide about the next, or where the config as a whole is treated differently. */
function callsOf(mesh: GeneratedMesh, differences: readonly Difference[]): GeneratedMesh['calls'] {
  if (interact(asCase(mesh)) || differences.some(({ call }) => call === null)) return mesh.calls
  return mesh.calls.filter((call, index) => differences.some((difference) => difference.call === callName(call, index)))
}

function comesLate({ field, wanted, seen }: Difference): boolean {
  return field === 'durationMs' && Number(wanted) > Number(seen)
}

/** When the calls of a mesh are made, beside those of others. */
type Order = <T>(play: () => Promise<T>) => Promise<T>

const together: Order = (play) => play()

/** At first a few beside each other: what is late even then is asked alone. */
function fewAtOnce(round: number): Order {
  const turns = new Turns(round === 1 ? 4 : 1)
  return (play) => turns.take(play)
}

/** Each phase of all cases before the next one: config that is taken up holds requests up, and one change is cheaper than many. */
async function playTogether(
  cases: readonly ObservedCase[],
  engine: Engine,
  observe: Observer,
  order: Order = together,
): Promise<(Outcome | Error)[]> {
  const opened = await Promise.all(cases.map((vector) => tried(() => openCase(vector, worldOf(vector), engine, 1))))
  const outcomes = await Promise.all(
    opened.map((one, i): Promise<Outcome | Error> | Outcome | Error => {
      if (one instanceof Error || one.kind === 'rejected') return one
      const { scene, warnings, notModelled } = one
      return tried(() => order(async () => ({ kind: 'observed', observed: await observe(cases[i]!, scene), warnings, notModelled })))
    }),
  )
  await Promise.all(opened.map((one) => (one instanceof Error || one.kind === 'rejected' ? null : one.close())))
  return outcomes
}

interface Judging {
  readonly isLate: (difference: Difference) => boolean
  readonly draws: number
}

const strictly: Judging = { isLate: () => false, draws: seeds }

async function judgeOne(mesh: GeneratedMesh, outcome: Outcome | Error, core: Engine, { isLate, draws } = strictly): Promise<Judgement> {
  const vector = asCase(mesh)
  const nothing = { mesh, differences: [], explained: new Map<string, number>(), skipped: null, refused: false, unsteady: [], observed: [] }
  if (outcome instanceof Error) return { ...nothing, skipped: outcome.message }
  if (outcome.kind === 'rejected') {
    const alone = await play({ ...vector, calls: [] }, worldOf(mesh), core, 1)
    return alone.kind === 'rejected' ? { ...nothing, refused: true } : { ...nothing, differences: outcome.errors.map(refusal) }
  }
  const observed: ObservedCase = { ...vector, observed: outcome.observed, warnings: outcome.warnings }
  const known = new KnownOf('envoy', mesh, outcome.observed)
  const ignores = (difference: Difference): boolean => isLate(difference) || known.covers(difference)
  const differences = await runCase(observed, worldOf(mesh), core, { seeds: draws, seed: seedOf(mesh), ignores })
  return { ...nothing, differences, explained: known.counts, observed: outcome.observed }
}

/** Each pod has its sidecar before it, whatever address was dialled: what the vectors leave out is compared, too. */
function withEverySidecar(engine: Engine): Engine {
  const open: Engine['open'] = ({ inboundSidecar, ...options }) =>
    engine.open({ ...options, ...(inboundSidecar && { inboundSidecar: (workload) => inboundSidecar(workload, 'own-address') }) })
  return { ...engine, open }
}

/** Many meshes stand upon one world, and what is read of it never changes. */
function readingOnce(engine: Engine): Engine {
  const worlds = new Map<string, ReturnType<Engine['read']>>()
  const readWorld: Engine['read'] = (text, file) => {
    const before = worlds.get(text) ?? engine.read(text, file)
    worlds.set(text, before)
    return before
  }
  return { ...engine, read: (text, file) => (file.startsWith('worlds/') ? readWorld(text, file) : engine.read(text, file)) }
}

function refusal({ message }: MeshSpecError): Difference {
  return { call: null, field: 'rejected', wanted: message, seen: undefined, note: 'Envoy refuses what mesh-core takes' }
}

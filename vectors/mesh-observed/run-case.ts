import type { Difference } from '../difference.ts'
import { isCounted, type Observation, type ObservedCase } from './case.ts'
import { compareCall, compareWhole } from './compare.ts'
import { inTurn, observeCall, openCase, type OpenedCase, type Outcome, play } from './play.ts'
import type { Engine } from './played-mesh.ts'

/** Draws of a single call that differs at first. */
const defaultSeeds = 24
/** Seeds for what further draws do not show: balancers that take turns begin anywhere. */
const mostBeginnings = 24
/** Draws that are all alike, after which no other is expected. */
const manyAlike = 1000

export interface Judging {
  /** So many draws of a call are looked at. Default 24. */
  readonly seeds?: number
  /** Of the first look. Default 1. */
  readonly seed?: number
  /** Differences that do not count, in no draw. */
  readonly ignores?: (difference: Difference) => boolean
}

/** @returns the differences of one call */
type Compare = (index: number, seen: Observation | undefined) => Difference[]

/**
 * Plays a case and compares. The recorded answer to a single call is one draw of those that chance allows (a weight, a percentage, an endpoint), and not
 * every such call is marked in the vectors: a single call passes when one of some seeds gives its answer. Shares are judged once, on the first seed.
 * @returns what differs from the recorded outcome
 * @throws Unshown
 */
export async function runCase(
  vector: ObservedCase,
  world: string,
  engine: Engine,
  { seeds = defaultSeeds, seed = 1, ignores: ignored = () => false }: Judging = {},
): Promise<Difference[]> {
  const ignores = (difference: Difference): boolean => ignored(difference) || (engine.untold?.(difference) ?? false)
  const opened = await tried(() => openCase(vector, world, engine, seed))
  if (opened instanceof Error) return [crash(opened, engine)]
  if (opened.kind === 'rejected') return compareWhole(vector, opened).filter((difference) => !ignores(difference))
  try {
    return await judge(vector, world, engine, opened, { seeds, seed, ignores })
  } finally {
    await opened.close()
  }
}

async function judge(
  vector: ObservedCase,
  world: string,
  engine: Engine,
  opened: OpenedCase,
  { seeds, seed: begun, ignores }: Required<Judging>,
): Promise<Difference[]> {
  const observed = await tried(() => inTurn(vector, opened.scene))
  if (observed instanceof Error) return [crash(observed, engine)]
  const outcome: Observed = { kind: 'observed', observed, warnings: opened.warnings, notModelled: opened.notModelled }
  const whole = compareWhole(vector, outcome).filter((difference) => !ignores(difference))
  if (vector.rejected !== undefined) return whole
  const compare: Compare = (index, seen) => compareCall(vector, index, seen).filter((difference) => !ignores(difference))
  const open = new Map((vector.calls ?? []).map((_, index) => [index, compare(index, observed[index])]))
  const calls = singleCalls(vector, open)
  const drawn = interact(vector) ? [] : await otherDraws(vector, opened, seeds, calls, compare)
  // Balancers that take turns go on in step: some pairs of picks come with another beginning only.
  const left = calls.filter((index) => !drawn.includes(index))
  const most = interact(vector) ? seeds : Math.min(seeds, mostBeginnings)
  const sown = await otherSeeds((seed) => tried(() => play(vector, world, engine, begun + seed)), most, outcome, left, compare)
  for (const index of [...drawn, ...sown]) open.delete(index)
  return [...whole, ...[...open.values()].flat()]
}

/** The engine cannot show what a case asks for, as the message says. */
export class Unshown extends Error {
  override readonly name = 'Unshown'
}

/** Does what came before decide about a call? */
export function interact({ behaviour = {}, config = '', calls = [] }: ObservedCase): boolean {
  const counts = Object.values(behaviour).some(({ first }) => first !== undefined)
  return counts || calls.some(({ pause }) => pause !== undefined) || /outlierDetection/.test(config)
}

/** @throws Unshown */
function crash(error: Error, { unshown }: Engine): Difference {
  const why = unshown?.(error) ?? null
  if (why !== null) throw new Unshown(why)
  return { call: null, field: 'crash', wanted: undefined, seen: error.stack ?? error.message }
}

type Observed = Outcome & { kind: 'observed' }

/** Indexes of calls that differ and stand for a single draw. */
function singleCalls(vector: ObservedCase, differences: ReadonlyMap<number, readonly Difference[]>): number[] {
  const single = (index: number): boolean => vector.observed?.[index] !== undefined && isOneDraw(vector.observed[index])
  return [...differences].filter(([index, list]) => list.length > 0 && single(index)).map(([index]) => index)
}

/** @returns those of the calls that the same mesh answers as recorded when it is asked again: its chance goes on */
async function otherDraws(vector: ObservedCase, { scene }: OpenedCase, most: number, calls: readonly number[], compare: Compare): Promise<number[]> {
  const passed: number[] = []
  for (const index of calls) if (await isDrawn(vector, index, scene, most, compare)) passed.push(index)
  return passed
}

async function isDrawn(vector: ObservedCase, index: number, scene: OpenedCase['scene'], most: number, compare: Compare): Promise<boolean> {
  const kinds = new Set<string>()
  for (let draw = 1; draw <= most; draw++) {
    const seen = await tried(() => observeCall(vector, index, scene))
    if (seen instanceof Error) return false
    if (compare(index, seen).length === 0) return true
    kinds.add(JSON.stringify(seen))
    // Without chance every draw is the same: half of the looks are enough, or so many.
    if (draw === Math.min(Math.ceil(most / 2), manyAlike) && kinds.size === 1) return false
  }
  return false
}

/** Calls of one connection that all stay with one workload are one draw, too: which one it is. */
function isOneDraw(observation: Observation): boolean {
  return !isCounted(observation) || Object.keys(observation.workloads).length === 1
}

/** @returns those of the calls that another seed answers as recorded */
async function otherSeeds(
  draw: (seed: number) => Promise<Outcome | Error>,
  seeds: number,
  first: Observed,
  calls: readonly number[],
  compare: Compare,
): Promise<number[]> {
  const passed = new Set<number>()
  let same = true
  for (let seed = 1; passed.size < calls.length && seed <= seeds; seed++) {
    const outcome = await draw(seed)
    if (outcome instanceof Error || outcome.kind === 'rejected') break
    for (const index of calls) if (compare(index, outcome.observed[index]).length === 0) passed.add(index)
    same &&= calls.every((index) => JSON.stringify(first.observed[index]) === JSON.stringify(outcome.observed[index]))
    // Without chance every seed gives the same: half of the looks are enough.
    if (seed === Math.ceil(seeds / 2) - 1 && same) break
  }
  return [...passed]
}

/** @returns the error that was thrown, whatever it is */
export async function tried<T>(action: () => Promise<T>): Promise<T | Error> {
  try {
    return await action()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

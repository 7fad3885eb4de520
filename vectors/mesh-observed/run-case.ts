import type { Difference } from '../difference.ts'
import { isCounted, type ObservedCase } from './case.ts'
import { compareCall, compareWhole } from './compare.ts'
import { type Engine, type Outcome, play } from './play.ts'

/** Other seeds that a case is played with when a single call differs. */
const otherSeeds = 24

export interface Judging {
  /** Default 24. */
  readonly seeds?: number
  /** Differences that do not count, in no draw. */
  readonly ignores?: (difference: Difference) => boolean
}

/** @returns the differences of one call */
type Compare = (index: number, seen: Observed) => Difference[]

/**
 * Plays a case and compares. The recorded answer to a single call is one draw of those that chance allows (a weight, a percentage, an endpoint), and not
 * every such call is marked in the vectors: a single call passes when one of some seeds gives its answer. Shares are judged once, on the first seed.
 * @returns what differs from the recorded outcome
 */
export async function runCase(
  vector: ObservedCase,
  world: string,
  engine: Engine,
  { seeds = otherSeeds, ignores = () => false }: Judging = {},
): Promise<Difference[]> {
  const outcome = await tryPlay(vector, world, engine, 1)
  if (outcome instanceof Error) return [{ call: null, field: 'crash', wanted: undefined, seen: outcome.stack ?? outcome.message }]
  const whole = compareWhole(vector, outcome).filter((difference) => !ignores(difference))
  if (outcome.kind === 'rejected' || vector.rejected !== undefined) return whole
  const compare: Compare = (index, seen) => compareCall(vector, index, seen.observed[index]).filter((difference) => !ignores(difference))
  const open = new Map((vector.calls ?? []).map((_, index) => [index, compare(index, outcome)]))
  const draw = (seed: number): Promise<Outcome | Error> => tryPlay(vector, world, engine, seed)
  for (const index of await otherDraws(draw, seeds, outcome, singleCalls(vector, open), compare)) open.delete(index)
  return [...whole, ...[...open.values()].flat()]
}

type Observed = Outcome & { kind: 'observed' }

/** Indexes of single calls that differ. */
function singleCalls(vector: ObservedCase, differences: ReadonlyMap<number, readonly Difference[]>): number[] {
  const single = (index: number): boolean => vector.observed?.[index] !== undefined && !isCounted(vector.observed[index])
  return [...differences].filter(([index, list]) => list.length > 0 && single(index)).map(([index]) => index)
}

/** @returns those of the calls that another seed answers as recorded */
async function otherDraws(
  draw: (seed: number) => Promise<Outcome | Error>,
  seeds: number,
  first: Observed,
  calls: readonly number[],
  compare: Compare,
): Promise<number[]> {
  const passed = new Set<number>()
  let same = true
  for (let seed = 2; passed.size < calls.length && seed < 2 + seeds; seed++) {
    const outcome = await draw(seed)
    if (outcome instanceof Error || outcome.kind === 'rejected') break
    for (const index of calls) if (compare(index, outcome).length === 0) passed.add(index)
    same &&= JSON.stringify(first.observed) === JSON.stringify(outcome.observed)
    // Without chance every seed gives the same: half of the looks are enough.
    if (seed === Math.ceil(seeds / 2) && same) break
  }
  return [...passed]
}

async function tryPlay(vector: ObservedCase, world: string, engine: Engine, seed: number): Promise<Outcome | Error> {
  try {
    return await play(vector, world, engine, seed)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

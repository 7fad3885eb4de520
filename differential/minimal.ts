import type { Difference } from '../vectors/difference.ts'
import type { GeneratedMesh } from './generate/mesh.ts'
import type { Judgement, Referee } from './referee.ts'
import { shrink, type ShrinkLimits } from './shrink.ts'

/** Looks at a mesh that differs, before it is said that chance, or a busy machine, had made the difference. */
const looks = 3

/** @returns whether one of the differences occurs again */
export async function isSeenAgain({ mesh, differences }: Judgement, referee: Referee): Promise<boolean> {
  const again = await referee.judge(renamed(Array.from({ length: looks }, () => mesh)))
  return differences.some((one) => occursIn(one, again))
}

function occursIn(wanted: Difference, again: readonly Judgement[]): boolean {
  const shows = ({ differences }: Judgement): boolean => differences.some((one) => kindOf(one) === kindOf(wanted))
  return isByTimeOrChance(wanted) ? again.every(shows) : again.some(shows)
}

/** Time passes on a busy machine, too, and shares are seldom as they mostly are: to differ once more is nothing, to differ at every look is. */
function isByTimeOrChance({ field, note }: Difference): boolean {
  return field === lateness || note !== undefined
}

const lateness = 'durationMs'

/** @returns the smallest mesh found that still shows the first difference that is more than lateness, or `null` when it does not occur again: then chance had made it */
export async function minimal({ mesh, differences }: Judgement, referee: Referee, limits: ShrinkLimits): Promise<Judgement | null> {
  const first = differences.find(({ field }) => field !== lateness) ?? differences[0]!
  const wanted = kindOf(first)
  const start = onlyCall(mesh, first)
  const persists = async (candidates: readonly GeneratedMesh[]): Promise<boolean[]> =>
    (await referee.judge(renamed(candidates))).map((judgement) => judgement.differences.some((one) => kindOf(one) === wanted))
  const [alone, ...again] = await persists([start, ...Array.from({ length: looks }, () => mesh)])
  const isSeen = isByTimeOrChance(first) ? again.every(Boolean) && (alone || first.field !== lateness) : alone || again.includes(true)
  if (!isSeen) return null
  const smallest = await shrink(alone ? start : mesh, persists, limits)
  const [judgement] = await referee.judge([smallest])
  return judgement!.differences.length > 0 ? judgement! : { ...judgement!, mesh, differences }
}

/** The kind of a difference: `reached[0].headers.x-env` stays itself, values do not matter. Which call is late does. */
function kindOf({ field, seen, call }: Difference): string {
  if (field === lateness) return `${field} ${call?.replace(/^#\d+ /, '')}`
  return field === 'rejected' || field === 'warnings' ? `${field} ${seen === undefined}` : field
}

function onlyCall(mesh: GeneratedMesh, { call }: Difference): GeneratedMesh {
  const index = Number(/^#(\d+) /.exec(call ?? '')?.[1] ?? NaN)
  return Number.isNaN(index) ? mesh : { ...mesh, calls: [mesh.calls[index]!] }
}

/** Cases of one question need names of their own. */
function renamed(meshes: readonly GeneratedMesh[]): GeneratedMesh[] {
  return meshes.map((mesh, i) => ({ ...mesh, name: `${mesh.name}-${i}` }))
}

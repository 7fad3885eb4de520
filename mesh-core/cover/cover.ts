import type { Condition, Dimension, Dimensions } from './dimension.ts'
import { Budget, Undecided } from './undecided.ts'

/** What a rule takes: all of its conditions have to hold. */
export interface Box {
  readonly conditions: readonly Condition[]
  /** It asks for something that the model does not know, besides: so it may take less than the conditions say. */
  readonly opaque: boolean
}

/** What is asked for, in each dimension that differs from what is usual. */
export type Point = ReadonlyMap<Dimension, readonly string[]>

export type Verdict =
  /** Nothing is left for the rule: these earlier ones take all of it, no one of which could be left out. Empty: there is nothing that it takes. */
  | { readonly kind: 'dead'; readonly by: readonly number[] }
  /** The point comes to the rule. */
  | { readonly kind: 'alive'; readonly point: Point }
  | { readonly kind: 'undecided' }

/** Steps that are spent on one rule, and on finding out which of the earlier ones are needed to cover it. */
const patience = { verdict: 3000, cover: 1000 } as const

export function takes(box: Box, point: Point): boolean {
  return box.conditions.every((condition) => condition.holds(point.get(condition.dimension) ?? condition.dimension.usual))
}

/** Is there something that `box` takes and none of `earlier` does? */
export function judge(box: Box, earlier: readonly Box[], dimensions: Dimensions): Verdict {
  try {
    return new Search(dimensions).judge(box, earlier)
  } catch (error) {
    if (error instanceof Undecided) return { kind: 'undecided' }
    throw error
  }
}

/** Something that all of them take; `null` when there is certainly nothing. @throws Undecided */
export function common(boxes: readonly Box[], dimensions: Dimensions): Point | null {
  return (
    regionOf(
      boxes.flatMap(({ conditions }) => conditions),
      dimensions,
    )?.point ?? null
  )
}

/** Does `box` take all that `other` takes, by itself? @throws Undecided */
export function covers(box: Box, other: Box, dimensions: Dimensions): boolean {
  if (box.opaque) return false
  const region = regionOf(other.conditions, dimensions)
  return region === null || box.conditions.every((condition) => region.with(condition, false) === null)
}

function regionOf(conditions: readonly Condition[], dimensions: Dimensions): Region | null {
  let region: Region | null = Region.everything(dimensions)
  for (const condition of conditions) region = region?.with(condition, true) ?? null
  return region
}

/**
 * Looks for a point of a rule that no earlier one takes: a point is drawn; the first rule that takes it is cut away from what is looked at, a condition at
 * a time, and each piece is looked at in turn. It ends with a point, or when nothing is left of any piece.
 */
class Search {
  readonly #dimensions: Dimensions
  #budget = new Budget(patience.verdict)

  constructor(dimensions: Dimensions) {
    this.#dimensions = dimensions
  }

  judge(box: Box, earlier: readonly Box[]): Verdict {
    const region = regionOf(box.conditions, this.#dimensions)
    if (!region) return { kind: 'dead', by: [] }
    const sure = earlier.map((one, i) => ({ box: one, i })).filter((one) => !one.box.opaque)
    const point = this.#uncovered(
      region,
      sure.map((one) => one.box),
      new Set(),
    )
    if (point) return box.opaque || earlier.some((one) => one.opaque && takes(one, point)) ? { kind: 'undecided' } : { kind: 'alive', point }
    return { kind: 'dead', by: this.#needed(region, sure) }
  }

  /** One that covers all by itself, or as few as do so together. */
  #needed(region: Region, sure: readonly { readonly box: Box; readonly i: number }[]): number[] {
    const alone = sure.find(({ box }) => box.conditions.every((condition) => region.with(condition, false) === null))
    if (alone) return [alone.i]
    const used = new Set<Box>()
    this.#uncovered(
      region,
      sure.map(({ box }) => box),
      used,
    )
    let needed = sure.filter(({ box }) => used.has(box))
    this.#budget = new Budget(patience.cover)
    for (const one of needed.toReversed()) {
      const fewer = needed.filter((other) => other !== one)
      if (
        this.#areEnough(
          region,
          fewer.map(({ box }) => box),
        )
      )
        needed = fewer
    }
    return needed.map(({ i }) => i)
  }

  #areEnough(region: Region, boxes: readonly Box[]): boolean {
    try {
      return this.#uncovered(region, boxes, new Set()) === null
    } catch (error) {
      if (error instanceof Undecided) return false
      throw error
    }
  }

  #uncovered(region: Region, boxes: readonly Box[], used: Set<Box>): Point | null {
    this.#budget.spend()
    const box = boxes.find((one) => takes(one, region.point))
    if (!box) return region.point
    used.add(box)
    let rest: Region | null = region
    for (const condition of box.conditions) {
      const piece: Region | null = rest.with(condition, false)
      const point = piece && this.#uncovered(piece, boxes, used)
      if (point) return point
      rest = rest.with(condition, true)
      if (!rest) return null
    }
    return null
  }
}

interface Asked {
  readonly wanted: readonly Condition[]
  readonly unwanted: readonly Condition[]
}

/** All points for which some conditions hold and others do not; never empty, and one of its points is known. */
class Region {
  readonly point: Point
  readonly #asked: ReadonlyMap<Dimension, Asked>
  readonly #dimensions: Dimensions

  private constructor(dimensions: Dimensions, asked: ReadonlyMap<Dimension, Asked>, point: Point) {
    this.#dimensions = dimensions
    this.#asked = asked
    this.point = point
  }

  static everything(dimensions: Dimensions): Region {
    return new Region(dimensions, new Map(), new Map())
  }

  /** `null` when nothing is left. @throws Undecided */
  with(condition: Condition, holds: boolean): Region | null {
    const { dimension } = condition
    const before = this.#asked.get(dimension) ?? { wanted: [], unwanted: [] }
    const list = holds ? before.wanted : before.unwanted
    if (list.some(({ key }) => key === condition.key)) return this
    const after = holds ? { ...before, wanted: [...list, condition] } : { ...before, unwanted: [...list, condition] }
    const current = this.point.get(dimension) ?? dimension.usual
    // As long as the point fits, nothing has to be worked out.
    const fits = condition.holds(current) === holds && this.#asked.has(dimension)
    const value = fits ? current : this.#dimensions.find(dimension, after.wanted, after.unwanted)
    if (value === null) return null
    return new Region(this.#dimensions, new Map(this.#asked).set(dimension, after), new Map(this.point).set(dimension, value))
  }
}

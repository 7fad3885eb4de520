/**
 * One of the independent things that rules look at: the path, a header, a query parameter, the port, the gateway … What it may be is a list of texts: the
 * values of a header, none for what is absent, one for what is always there.
 */
export interface Dimension {
  /** `path`, `header end-user`, `port` … */
  readonly name: string
  /** What it is where no rule asks. */
  readonly usual: readonly string[]
  /**
   * A value for which all of `wanted` hold and none of `unwanted` does; `null` when there is none, which is certain then.
   * @throws Undecided when that cannot be told
   */
  find(wanted: readonly Condition[], unwanted: readonly Condition[]): readonly string[] | null
}

/** What a rule asks of one dimension. */
export interface Condition {
  readonly dimension: Dimension
  /** Conditions of one dimension with the same key are the same. */
  readonly key: string
  /** Every value that fulfils it is one text that begins so; `null` where that cannot be said. */
  readonly head?: string | null
  holds(value: readonly string[]): boolean
}

/** What all rules of an analysis share: equal conditions are one object, and what was asked before is not worked out again. */
export class Dimensions {
  readonly #dimensions = new Map<string, Dimension>()
  readonly #answers = new Map<string, readonly string[] | null | Error>()
  readonly #conditions = new Map<string, Condition>()

  of<D extends Dimension>(name: string, make: () => D): D {
    const known = this.#dimensions.get(name)
    if (known) return known as D
    const made = make()
    this.#dimensions.set(name, made)
    return made
  }

  /** @param key of the condition, with its dimension */
  condition(key: string, make: () => Condition): Condition {
    const known = this.#conditions.get(key)
    if (known) return known
    const made = make()
    if (this.#conditions.size > mostRemembered) this.#conditions.clear()
    this.#conditions.set(key, made)
    return made
  }

  /** No value fulfils both, which is certain then. */
  areApart(one: Condition, other: Condition): boolean {
    const [a, b] = [one.head ?? null, other.head ?? null]
    if (a !== null && b !== null && !a.startsWith(b) && !b.startsWith(a)) return true
    try {
      return this.find(one.dimension, [one, other], []) === null
    } catch {
      return false
    }
  }

  find(dimension: Dimension, wanted: readonly Condition[], unwanted: readonly Condition[]): readonly string[] | null {
    const key = `${dimension.name}\0${keysOf(wanted)}\0\0${keysOf(unwanted)}`
    let answer = this.#answers.get(key)
    if (answer === undefined) {
      answer = attempt(dimension, wanted, unwanted)
      if (this.#answers.size > mostRemembered) this.#answers.clear()
      this.#answers.set(key, answer)
    }
    if (answer instanceof Error) throw answer
    return answer
  }
}

/** What is forgotten is worked out again. */
const mostRemembered = 20_000

function attempt(dimension: Dimension, wanted: readonly Condition[], unwanted: readonly Condition[]): readonly string[] | null | Error {
  try {
    return dimension.find(wanted, unwanted)
  } catch (error) {
    return error as Error
  }
}

function keysOf(conditions: readonly Condition[]): string {
  if (conditions.length < 2) return conditions[0]?.key ?? ''
  return conditions
    .map(({ key }) => key)
    .sort()
    .join('\0')
}

/** A dimension of few values, or of many of which rules name some: then one that none of them names stands for the rest. */
export class Choice implements Dimension {
  readonly name: string
  readonly usual: readonly string[]
  readonly #rest: (named: ReadonlySet<string>) => readonly (readonly string[])[]

  /** @param rest values besides those that are named, one of which at least is none of them where there are such */
  constructor(name: string, usual: readonly string[], rest: (named: ReadonlySet<string>) => readonly (readonly string[])[]) {
    this.name = name
    this.usual = usual
    this.#rest = rest
  }

  /** That the value is one of these. */
  oneOf(values: readonly string[]): Condition {
    const named = new Set(values)
    const condition: NamingCondition = {
      dimension: this,
      key: JSON.stringify(values),
      values,
      holds: ([value]) => value !== undefined && named.has(value),
    }
    return condition
  }

  find(wanted: readonly Condition[], unwanted: readonly Condition[]): readonly string[] | null {
    const named = new Set([...wanted, ...unwanted].flatMap((condition) => (condition as NamingCondition).values))
    const fits = (value: readonly string[]): boolean =>
      wanted.every((condition) => condition.holds(value)) && unwanted.every((condition) => !condition.holds(value))
    const [only] = wanted as readonly NamingCondition[]
    const candidates = only ? only.values.map((value) => [value]) : [this.usual, ...this.#rest(named)]
    return candidates.find((value) => fits(value)) ?? null
  }
}

interface NamingCondition extends Condition {
  readonly values: readonly string[]
}

interface Planned {
  readonly uri: string
}

/** What a feature needs has to be brought up once more for another process. */
const scenariosWorthHelp = 2

/**
 * Which scenario is begun next where several processes run them: each goes on with the feature that it is at, and then with one that asks for the same things,
 * for what a scenario has brought up serves the next one as well. One process begins with the features of which most ask for the same; the others go in their
 * order, which is that of the reports. When all are begun, who has nothing to do helps with the one that has most left.
 */
export class Assignment {
  /** Scenarios of each feature that no process has been given yet. */
  readonly #left = new Map<string, number>()
  readonly #begun = new Set<string>()
  readonly #settings: ReadonlyMap<string, string>
  /** Settings of several features, the one of most scenarios first. */
  readonly #shared: readonly string[]

  /** @param settingOf what a feature asks for before anything else; `null` for nothing that is known */
  constructor(plan: readonly Planned[], settingOf: (uri: string) => string | null = () => null) {
    for (const { uri } of plan) this.#left.set(uri, (this.#left.get(uri) ?? 0) + 1)
    this.#settings = new Map([...this.#left.keys()].map((uri) => [uri, settingOf(uri) ?? uri]))
    const scenarios = new Map<string, { features: number; all: number }>()
    for (const [uri, all] of this.#left) {
      const before = scenarios.get(this.#settingOf(uri)) ?? { features: 0, all: 0 }
      scenarios.set(this.#settingOf(uri), { features: before.features + 1, all: before.all + all })
    }
    const shared = [...scenarios].filter(([, { features }]) => features > 1)
    this.#shared = shared.toSorted(([, a], [, b]) => b.all - a.all).map(([setting]) => setting)
  }

  /** A scenario that may begin is begun. */
  mayBegin({ uri }: Planned, inProgress: readonly Planned[]): boolean {
    const left = this.#left.get(uri)
    // Of one that was not planned nothing is known.
    if (left === undefined) return true
    if (uri !== this.#next(new Set(inProgress.map((one) => one.uri)))) return false
    this.#left.set(uri, left - 1)
    this.#begun.add(uri)
    return true
  }

  #next(inProgress: ReadonlySet<string>): string | null {
    const features = [...this.#left].filter(([, left]) => left > 0)
    const idle = features.flatMap(([uri]) => (inProgress.has(uri) ? [] : [uri]))
    const [largest] = features.filter(([, left]) => left >= scenariosWorthHelp).toSorted(([, a], [, b]) => b - a)
    return idle.find((uri) => this.#begun.has(uri)) ?? this.#fresh(idle, inProgress) ?? largest?.[0] ?? null
  }

  /** @param idle features that nobody has begun. @returns the one that takes the least to bring up */
  #fresh(idle: readonly string[], inProgress: ReadonlySet<string>): string | undefined {
    const busy = new Set([...inProgress].map((uri) => this.#settingOf(uri)))
    const standing = new Set([...this.#begun].map((uri) => this.#settingOf(uri)))
    const free = idle.filter((uri) => !busy.has(this.#settingOf(uri)))
    const ofShared = (setting: string | undefined): string | undefined => free.find((uri) => this.#settingOf(uri) === setting)
    // Who has had it is who asks: the others are busy with something else.
    const same = free.find((uri) => standing.has(this.#settingOf(uri)))
    const together = this.#shared.some((setting) => busy.has(setting)) ? undefined : ofShared(this.#shared.find((setting) => ofShared(setting)))
    return same ?? together ?? free[0] ?? idle[0]
  }

  #settingOf(uri: string): string {
    return this.#settings.get(uri) ?? uri
  }
}

/**
 * What a feature asks for before anything else, as far as its text tells without being parsed: its first step, with its table.
 * @returns `null` where it tells nothing
 */
export function settingIn(feature: string): string | null {
  const lines = feature.split('\n').map((line) => line.trim())
  const first = lines.findIndex((line) => line.startsWith('Given '))
  if (first < 0) return null
  const after = lines.slice(first + 1)
  const end = after.findIndex((line) => !line.startsWith('|'))
  const rows = after.slice(0, end < 0 ? after.length : end).map((row) => row.replace(/\s+/g, ''))
  // What follows is a text, which may be long.
  if (lines[first]!.endsWith(':') && rows.length === 0) return null
  return [lines[first]!, ...rows].join('\n')
}

let assignment: Assignment | null = null

/** From now on scenarios are begun as the assignment says; before that any process takes any scenario. */
export function assignBy(chosen: Assignment | null): void {
  assignment = chosen
}

/** For cucumber's `setParallelCanAssign`. */
export function mayBegin(scenario: Planned, inProgress: readonly Planned[]): boolean {
  return assignment?.mayBegin(scenario, inProgress) ?? true
}

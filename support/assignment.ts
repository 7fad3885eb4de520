interface Planned {
  readonly uri: string
}

/** What a feature needs has to be brought up once more for another process. */
const scenariosWorthHelp = 2

/**
 * Which scenario is begun next where several processes run them: each goes on with the feature that it is at, for what a scenario has brought up serves the next
 * one of the same feature as well. Features go in their order, which is that of the reports; when all are begun, who has nothing to do helps with the one that
 * has most left.
 */
export class Assignment {
  /** Scenarios of each feature that no process has been given yet. */
  readonly #left = new Map<string, number>()
  readonly #begun = new Set<string>()

  constructor(plan: readonly Planned[]) {
    for (const { uri } of plan) this.#left.set(uri, (this.#left.get(uri) ?? 0) + 1)
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
    const idle = features.filter(([uri]) => !inProgress.has(uri))
    const [largest] = features.filter(([, left]) => left >= scenariosWorthHelp).toSorted(([, a], [, b]) => b - a)
    const chosen = idle.find(([uri]) => this.#begun.has(uri)) ?? idle[0] ?? largest
    return chosen?.[0] ?? null
  }
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

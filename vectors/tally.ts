import type { CaseResult } from './mesh-observed/family.ts'

interface Count {
  passed: number
  failed: number
}

/** Counts cases by area; areas that are not reached yet apart. */
export class Tally {
  readonly #areas = new Map<string, Count>()
  readonly #notYet: Readonly<Record<string, string>>
  #skipped = 0

  constructor(notYet: Readonly<Record<string, string>>) {
    this.#notYet = notYet
  }

  add({ area, skipped, differences }: CaseResult): void {
    if (skipped !== null) {
      this.#skipped++
      return
    }
    const count = this.#areas.get(area) ?? { passed: 0, failed: 0 }
    this.#areas.set(area, count)
    if (differences.length === 0) count.passed++
    else count.failed++
  }

  get empty(): boolean {
    return this.#areas.size === 0 && this.#skipped === 0
  }

  /** Failed cases of the areas that are reached. */
  get failed(): number {
    return this.#sum('failed')
  }

  /** The report's end. Its last line is `N passed, N failed`. */
  lines(): string[] {
    const areas = [...this.#areas].sort(([a], [b]) => (a < b ? -1 : 1))
    const line = ([area, { passed, failed }]: [string, Count]): string => `  ${area}: ${passed} of ${passed + failed}`
    const reached = areas.filter(([area]) => !this.#isNotYet(area))
    const later = areas.filter(([area]) => this.#isNotYet(area))
    return [
      ...(reached.length > 0 ? ['passed by area:', ...reached.map(line)] : []),
      ...(later.length > 0 ? ['not yet, and not counted below:', ...later.map((entry) => `${line(entry)} pass (${this.#notYet[entry[0]]})`)] : []),
      ...(this.#skipped > 0 ? [`${this.#skipped} not recorded`] : []),
      `${this.#sum('passed')} passed, ${this.failed} failed`,
    ]
  }

  #isNotYet(area: string): boolean {
    return Object.hasOwn(this.#notYet, area)
  }

  #sum(kind: keyof Count): number {
    return [...this.#areas].filter(([area]) => !this.#isNotYet(area)).reduce((sum, [, count]) => sum + count[kind], 0)
  }
}

import type { CaseResult } from './family.ts'

/** What a vector counts as. `stale`: it passes, though an exemption says that it cannot. */
export type Verdict = 'passed' | 'failed' | 'exempt' | 'stale' | 'skipped'

interface Count {
  passed: number
  failed: number
  exempt: number
}

/** Why a vector does not pass, by `area/name`; `area/begins*` speaks for all that begin so. */
export type Exemptions = Readonly<Record<string, string>>

/** Counts the vectors of one family by area. */
export class Tally {
  readonly #areas = new Map<string, Count>()
  readonly #exempt: Exemptions
  /** Exemptions of many, by their pattern: does any of the vectors need it? */
  readonly #needed = new Map<string, boolean>()
  readonly #met = new Set<string>()
  #unmet: readonly string[] = []
  #skipped = 0

  constructor(exempt: Exemptions) {
    this.#exempt = exempt
  }

  add(result: CaseResult): Verdict {
    const verdict = this.#judge(result)
    if (verdict === 'skipped') {
      this.#skipped++
      return verdict
    }
    const count = this.#areas.get(result.area) ?? { passed: 0, failed: 0, exempt: 0 }
    this.#areas.set(result.area, count)
    if (verdict === 'exempt') count.exempt++
    else if (verdict === 'passed') count.passed++
    else if (verdict === 'stale') count.failed++
    else if (result.differences.length === 0) count.passed++
    else count.failed++
    return verdict
  }

  get empty(): boolean {
    return this.#areas.size === 0 && this.#skipped === 0
  }

  get passed(): number {
    return this.#sum('passed')
  }

  get failed(): number {
    return this.#sum('failed') + this.stalePatterns.length + this.#unmet.length
  }

  /** All vectors have been run. @param exempted those that have to be among them */
  expectMet(exempted: readonly string[]): void {
    this.#unmet = exempted.filter((title) => !this.#met.has(title))
  }

  /** Exemptions of many vectors, all of which pass. */
  get stalePatterns(): string[] {
    return [...this.#needed].filter(([, needed]) => !needed).map(([pattern]) => pattern)
  }

  /** Everything but the last line, which is about all families. */
  lines(): string[] {
    const areas = [...this.#areas].sort(([a], [b]) => (a < b ? -1 : 1))
    const line = ([area, { passed, failed, exempt }]: [string, Count]): string =>
      `  ${area}: ${passed} of ${passed + failed + exempt}${exempt > 0 ? `, ${exempt} exempted` : ''}`
    const exempted = areas.reduce((sum, [, { exempt }]) => sum + exempt, 0)
    return [
      ...(areas.length > 0 ? ['passed by area:', ...areas.map(line)] : []),
      ...this.stalePatterns.map((pattern) => `✖ all of ${pattern} pass, though vectors/exemptions.ts says that they cannot: take it out there`),
      ...this.#unmet.map((title) => `✖ ${title} is exempted in vectors/exemptions.ts, and no vector is called so: take it out there`),
      ...(exempted > 0 ? [`${exempted} exempted (vectors/exemptions.ts says why; --verbose names them)`] : []),
      ...(this.#skipped > 0 ? [`${this.#skipped} not run: not recorded, not run by those who wrote them, or not shown by the target`] : []),
    ]
  }

  #judge({ area, name, skipped, differences }: CaseResult): Verdict {
    if (skipped !== null) return 'skipped'
    const passes = differences.length === 0
    const exemption = exemptionOf(this.#exempt, `${area}/${name}`)
    if (exemption === null) return passes ? 'passed' : 'failed'
    this.#met.add(exemption.pattern)
    if (!exemption.pattern.endsWith('*')) return passes ? 'stale' : 'exempt'
    this.#needed.set(exemption.pattern, !passes || this.#needed.get(exemption.pattern) === true)
    return passes ? 'passed' : 'exempt'
  }

  #sum(kind: keyof Count): number {
    return [...this.#areas.values()].reduce((sum, count) => sum + count[kind], 0)
  }
}

/** @returns what exempts a vector, `null` for nothing */
export function exemptionOf(exempt: Exemptions, title: string): { readonly pattern: string; readonly reason: string } | null {
  const pattern = Object.hasOwn(exempt, title) ? title : Object.keys(exempt).find((one) => one.endsWith('*') && title.startsWith(one.slice(0, -1)))
  return pattern === undefined ? null : { pattern, reason: exempt[pattern]! }
}

import type { Verdict, VerdictRecord } from '../support/verdicts/verdict.ts'

export type StepStatus = 'passed' | 'failed' | 'skipped' | 'undefined' | 'ambiguous' | 'pending'

/** One step of a scenario, or a hook around it (`keyword` is then `Before` or `After`). */
export interface StepRecord {
  /** `Given`, `And`, … without the blank that follows. */
  readonly keyword: string
  readonly text: string
  readonly line: number | null
  /** The table or doc string below it, as lines of text. */
  readonly argument: readonly string[]
  readonly status: StepStatus
  /** What a person should read when it did not pass. */
  readonly message: string | null
  /** ms of the wall clock. */
  readonly durationMs: number
}

/** One scenario, with what it came to. */
export interface ScenarioRecord {
  readonly uri: string
  readonly line: number
  /** Line of its outline, where it is a row of the examples of one. */
  readonly outlineLine: number | null
  readonly feature: string
  readonly rule: string | null
  /** With the values of its example, where other rows of the outline have the same name. */
  readonly name: string
  readonly tags: readonly string[]
  readonly steps: readonly StepRecord[]
  readonly verdict: ScenarioVerdict
  readonly reasons: readonly string[]
  /** What the scenario's own World attached; `null` when it attached none. */
  readonly record: VerdictRecord | null
  /** ms of the wall clock. */
  readonly durationMs: number
}

/** `invalid`: a sentence that no step, or more than one, reads; no sentence, or no example at all. A mistake in the input, not an answer of the mesh. */
export type ScenarioVerdict = Verdict | 'invalid'

/** A sentence that nothing defines. */
export interface UndefinedStep {
  readonly uri: string
  readonly line: number
  readonly text: string
  /** Sentences of the vocabulary that come near, best first. */
  readonly suggestions: readonly string[]
}

export interface RunRecord {
  readonly scenarios: readonly ScenarioRecord[]
  readonly undefinedSteps: readonly UndefinedStep[]
  /** Feature files that could not be read as Gherkin. */
  readonly parseErrors: readonly { readonly uri: string; readonly message: string }[]
  /** Messages of BeforeAll and AfterAll hooks that failed. */
  readonly hookErrors: readonly string[]
  /** ms of the wall clock. */
  readonly durationMs: number
}

export const verdicts: readonly ScenarioVerdict[] = ['passed', 'failed', 'invalid', 'not-supported', 'undecided', 'not-programmed', 'interrupted']

/** How each verdict is called in text that people read. */
export const verdictWords: Readonly<Record<ScenarioVerdict, string>> = {
  passed: 'passed',
  failed: 'failed',
  invalid: 'invalid',
  'not-supported': 'not supported',
  undecided: 'undecided',
  'not-programmed': 'not yet programmed',
  interrupted: 'interrupted',
}

export function countVerdicts(scenarios: readonly ScenarioRecord[]): Record<ScenarioVerdict, number> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<ScenarioVerdict, number>
  for (const { verdict } of scenarios) counts[verdict] += 1
  return counts
}

/** In the order in which the files first occur. */
export function groupByUri<T extends { readonly uri: string }>(scenarios: readonly T[]): Map<string, T[]> {
  return groupByKey(scenarios, ({ uri }) => uri)
}

/** In the order in which the keys first occur. */
export function groupByKey<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

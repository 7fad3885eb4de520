import type { RunRecord, ScenarioRecord, ScenarioVerdict } from './run-record.ts'

/** What a run on one of several targets came to. */
export interface TargetRun {
  /** As the report calls the target: `core`, `my-target`. */
  readonly target: string
  readonly run: RunRecord
}

/**
 * What the targets that can show a scenario say of it. `holds`: two or more, and it holds on each. `fails`: it holds on none of them: the config or
 * the scenario is wrong. `differs`: it holds on one and fails on another: a target is wrong, or behaves otherwise in its version. `drawn`: the same, where it fails for
 * requests that chance has sent elsewhere. `open`: one of them gave no
 * answer (undecided, not yet programmed, interrupted, a sentence that nothing reads). `one-sided`: it holds on the only one. `not-supported`: none can show it.
 */
export type Agreement = 'holds' | 'differs' | 'drawn' | 'fails' | 'open' | 'one-sided' | 'not-supported'

export const agreements: readonly Agreement[] = ['holds', 'differs', 'drawn', 'fails', 'open', 'one-sided', 'not-supported']

export interface Outcome {
  readonly target: string
  /** `null`: the target did not come to it. */
  readonly scenario: ScenarioRecord | null
}

/** One scenario on every target, in the order in which the targets were named. */
export interface ComparedScenario extends Pick<ScenarioRecord, 'uri' | 'line' | 'feature' | 'rule' | 'name' | 'tags'> {
  readonly agreement: Agreement
  readonly outcomes: readonly Outcome[]
}

export interface Comparison {
  readonly runs: readonly TargetRun[]
  readonly scenarios: readonly ComparedScenario[]
}

/** Puts side by side what several targets say of the same features. */
export function compareRuns(runs: readonly TargetRun[]): Comparison {
  const byTarget = runs.map(({ target, run }) => ({ target, scenarios: new Map(run.scenarios.map((scenario) => [keyOf(scenario), scenario])) }))
  const all = new Map(runs.flatMap(({ run }) => run.scenarios.map((scenario) => [keyOf(scenario), scenario])))
  const scenarios = [...all].map(([key, { uri, line, feature, rule, name, tags }]) => {
    const outcomes = byTarget.map(({ target, scenarios }) => ({ target, scenario: scenarios.get(key) ?? null }))
    return { uri, line, feature, rule, name, tags, agreement: agreementOf(outcomes), outcomes }
  })
  return { runs, scenarios }
}

function keyOf({ uri, line, name }: ScenarioRecord): string {
  return `${uri}:${line} ${name}`
}

function agreementOf(outcomes: readonly Outcome[]): Agreement {
  const verdicts: (ScenarioVerdict | null)[] = outcomes.map(({ scenario }) => scenario?.verdict ?? null)
  const shown = verdicts.filter((verdict) => verdict !== 'not-supported')
  const [passed, failed] = (['passed', 'failed'] as const).map((wanted) => shown.filter((verdict) => verdict === wanted).length)
  if (shown.length === 0) return 'not-supported'
  if (passed! > 0 && failed! > 0) return outcomes.every(({ scenario }) => isLuck(scenario)) ? 'drawn' : 'differs'
  if (passed! + failed! < shown.length) return 'open'
  if (failed! > 0) return 'fails'
  return passed! > 1 ? 'holds' : 'one-sided'
}

/** It may fail elsewhere, too, and hold here another time. */
function isLuck(scenario: ScenarioRecord | null): boolean {
  return scenario?.verdict !== 'failed' || (scenario.record?.chance ?? []).length > 0
}

export function countAgreements(scenarios: readonly ComparedScenario[]): Record<Agreement, number> {
  const counts = Object.fromEntries(agreements.map((agreement) => [agreement, 0])) as Record<Agreement, number>
  for (const { agreement } of scenarios) counts[agreement] += 1
  return counts
}

/** `3 hold on both`. @param targets how many are compared */
export function countText(agreement: Agreement, count: number, targets: number): string {
  const all = targets === 2 ? 'both' : 'all'
  const s = count === 1 ? 's' : ''
  const words: Readonly<Record<Agreement, string>> = {
    holds: `hold${s} on ${all}`,
    differs: `differ${s}`,
    drawn: 'decided by chance',
    fails: `fail${s} on ${all}`,
    open: 'without an answer',
    'one-sided': 'shown by one only',
    'not-supported': 'shown by none',
  }
  return `${count} ${words[agreement]}`
}

/** One sentence about the whole: `holds on core, fails on envoy`. */
export function sentenceOf({ outcomes }: ComparedScenario): string {
  const byWords = new Map<string, string[]>()
  for (const { target, scenario } of outcomes) {
    const words = scenario ? outcomeWords[scenario.verdict] : 'was not run on'
    byWords.set(words, [...(byWords.get(words) ?? []), target])
  }
  return [...byWords].map(([words, targets]) => `${words} ${targets.join(' and ')}`).join(', ')
}

const outcomeWords: Readonly<Record<ScenarioVerdict, string>> = {
  passed: 'holds on',
  failed: 'fails on',
  invalid: 'cannot be read on',
  'not-supported': 'is not supported by',
  undecided: 'is undecided on',
  'not-programmed': 'is not yet programmed on',
  interrupted: 'was interrupted on',
}

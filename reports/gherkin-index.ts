import type { Background, Feature, GherkinDocument, Rule, Scenario, Step } from '@cucumber/messages'
import { type DescribedStep, describedSteps } from './described-steps.ts'
import { type ExampleRow, examplesAlike } from './example-row.ts'

/** What a pickle's ids stand for in the feature file. */
export interface GherkinIndex {
  readonly feature: string
  readonly steps: ReadonlyMap<string, Step>
  /** By the id of a scenario or of a row of its examples: where it stands, and under which rule. */
  readonly places: ReadonlyMap<string, ScenarioPlace>
}

export interface ScenarioPlace {
  readonly line: number
  readonly rule: string | null
  /** `null` where the scenario's name alone tells it apart. */
  readonly example: ExampleRow | null
  /** In the descriptions of the scenario, and of what it stands under. */
  readonly described: readonly DescribedStep[]
}

/** Indexes one feature file by the ids of its nodes. */
export function indexDocument(document: GherkinDocument, source: string): GherkinIndex {
  const steps = new Map<string, Step>()
  const places = new Map<string, ScenarioPlace>()
  const feature = document.feature
  if (feature) for (const child of childrenOf(feature, source)) indexChild(child, source, feature.language, steps, places)
  return { feature: feature?.name ?? '', steps, places }
}

interface Child {
  readonly background?: Background | undefined
  readonly scenario?: Scenario | undefined
  readonly rule: string | null
  /** In the descriptions above it: those of the feature, of the rule and of their backgrounds. */
  readonly above: readonly DescribedStep[]
}

function* childrenOf(feature: Feature, source: string): Generator<Child> {
  const { language } = feature
  let above = describedSteps(feature, source, language)
  for (const { background, scenario, rule } of feature.children) {
    above = [...above, ...describedSteps(background, source, language)]
    if (!rule) yield { background, scenario, rule: null, above }
    else yield* childrenOfRule(rule, above, source, language)
  }
}

function* childrenOfRule(rule: Rule, aboveRule: readonly DescribedStep[], source: string, language: string): Generator<Child> {
  let above = [...aboveRule, ...describedSteps(rule, source, language)]
  for (const { background, scenario } of rule.children) {
    above = [...above, ...describedSteps(background, source, language)]
    yield { background, scenario, rule: rule.name, above }
  }
}

function indexChild(
  { background, scenario, rule, above }: Child,
  source: string,
  language: string,
  steps: Map<string, Step>,
  places: Map<string, ScenarioPlace>,
): void {
  for (const step of (background ?? scenario)?.steps ?? []) steps.set(step.id, step)
  if (!scenario) return
  const described = [...above, ...describedSteps(scenario, source, language)]
  places.set(scenario.id, { line: scenario.location.line, rule, example: null, described })
  const alike = examplesAlike(scenario)
  for (const { tableBody } of scenario.examples)
    for (const { id, location } of tableBody) places.set(id, { line: location.line, rule, example: alike.get(id) ?? null, described })
}

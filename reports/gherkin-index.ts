import type { Background, Feature, GherkinDocument, Rule, Scenario, Step } from '@cucumber/messages'
import { bareReturn } from './bare-returns.ts'
import { type DescribedStep, describedSteps } from './described-steps.ts'
import { type ExampleRow, examplesAlike } from './example-row.ts'
import type { StepRecord } from './run-record.ts'
import { type OutlinePlace, outlineWithoutExamples, type UnfilledExamples, unfilledExamples } from './unfilled-outlines.ts'

/** What a pickle's ids stand for in the feature file. */
export interface GherkinIndex {
  readonly feature: string
  readonly steps: ReadonlyMap<string, Step>
  /** By the id of a scenario or of a row of its examples: where it stands, and under which rule. */
  readonly places: ReadonlyMap<string, ScenarioPlace>
  readonly unfilled: readonly UnfilledExamples[]
}

export interface ScenarioPlace {
  readonly line: number
  readonly rule: string | null
  /** `null` where the scenario's name alone tells it apart. */
  readonly example: ExampleRow | null
  /** In the descriptions of the scenario, and of what it stands under. */
  readonly described: readonly DescribedStep[]
  /** What an outline is told that has no examples at all. */
  readonly unfilled: StepRecord | null
}

/** What is gathered of a feature file. */
interface Gathered {
  readonly steps: Map<string, Step>
  readonly places: Map<string, ScenarioPlace>
  readonly unfilled: UnfilledExamples[]
}

/** Indexes one feature file by the ids of its nodes. */
export function indexDocument({ feature, uri = '' }: GherkinDocument, source: string): GherkinIndex {
  const gathered: Gathered = { steps: new Map(), places: new Map(), unfilled: [] }
  if (feature) for (const child of childrenOf(feature, uri, source)) indexChild(child, source, gathered)
  const returned = feature ? bareReturn(feature, uri, source) : null
  if (returned) gathered.unfilled.push(returned)
  return { feature: feature?.name ?? '', ...gathered }
}

interface Child {
  readonly background?: Background | undefined
  readonly scenario?: Scenario | undefined
  readonly place: OutlinePlace
  /** In the descriptions above it: those of the feature, of the rule and of their backgrounds. */
  readonly above: readonly DescribedStep[]
}

function* childrenOf(feature: Feature, uri: string, source: string): Generator<Child> {
  const { language, name, tags } = feature
  const place = { uri, language, feature: name, rule: null, tags: tags.map((tag) => tag.name) }
  let above = describedSteps(feature, source, language)
  for (const { background, scenario, rule } of feature.children) {
    above = [...above, ...describedSteps(background, source, language)]
    if (!rule) yield { background, scenario, place, above }
    else yield* childrenOfRule(rule, place, above, source)
  }
}

function* childrenOfRule(rule: Rule, around: OutlinePlace, aboveRule: readonly DescribedStep[], source: string): Generator<Child> {
  const { language } = around
  const place = { ...around, rule: rule.name, tags: [...around.tags, ...rule.tags.map(({ name }) => name)] }
  let above = [...aboveRule, ...describedSteps(rule, source, language)]
  for (const { background, scenario } of rule.children) {
    above = [...above, ...describedSteps(background, source, language)]
    yield { background, scenario, place, above }
  }
}

function indexChild({ background, scenario, place, above }: Child, source: string, { steps, places, unfilled }: Gathered): void {
  for (const step of (background ?? scenario)?.steps ?? []) steps.set(step.id, step)
  if (!scenario) return
  const described = [...above, ...describedSteps(scenario, source, place.language)]
  const of = (id: string, line: number, example: ExampleRow | null): void =>
    void places.set(id, { line, rule: place.rule, example, described, unfilled: outlineWithoutExamples(scenario, place) })
  of(scenario.id, scenario.location.line, null)
  const alike = examplesAlike(scenario)
  for (const { tableBody } of scenario.examples) for (const { id, location } of tableBody) of(id, location.line, alike.get(id) ?? null)
  unfilled.push(...unfilledExamples(scenario, place))
}

import type { Background, Feature, GherkinDocument, Scenario, Step } from '@cucumber/messages'
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
}

/** Indexes one feature file by the ids of its nodes. */
export function indexDocument(document: GherkinDocument): GherkinIndex {
  const steps = new Map<string, Step>()
  const places = new Map<string, ScenarioPlace>()
  const feature = document.feature
  if (feature) for (const { background, scenario, rule } of childrenOf(feature)) indexChild(background ?? scenario, rule, steps, places)
  return { feature: feature?.name ?? '', steps, places }
}

interface Child {
  readonly background?: Background | undefined
  readonly scenario?: Scenario | undefined
  readonly rule: string | null
}

function* childrenOf(feature: Feature): Generator<Child> {
  for (const { background, scenario, rule } of feature.children) {
    if (!rule) yield { background, scenario, rule: null }
    else for (const child of rule.children) yield { background: child.background, scenario: child.scenario, rule: rule.name }
  }
}

function indexChild(
  child: Background | Scenario | undefined,
  rule: string | null,
  steps: Map<string, Step>,
  places: Map<string, ScenarioPlace>,
): void {
  if (!child) return
  for (const step of child.steps) steps.set(step.id, step)
  places.set(child.id, { line: child.location.line, rule, example: null })
  if (!('examples' in child)) return
  const alike = examplesAlike(child)
  for (const { tableBody } of child.examples)
    for (const { id, location } of tableBody) places.set(id, { line: location.line, rule, example: alike.get(id) ?? null })
}

import type { Examples, Location, Scenario } from '@cucumber/messages'
import { isOfOutline, keywordsOf } from './keywords.ts'
import type { StepRecord } from './run-record.ts'

/** Where an outline stands. */
export interface OutlinePlace {
  readonly uri: string
  /** Of the feature: `en`. */
  readonly language: string
  readonly feature: string
  readonly rule: string | null
  /** Of the feature and of the rule. */
  readonly tags: readonly string[]
}

/** Examples without rows: cucumber makes no scenario of them, and says nothing. */
export interface UnfilledExamples {
  readonly uri: string
  readonly line: number
  readonly outlineLine: number
  readonly feature: string
  readonly rule: string | null
  readonly name: string
  /** `null` where nobody can tell them: the run takes it whatever it chooses scenarios by. */
  readonly tags: readonly string[] | null
  /** What is to be read of it. */
  readonly step: StepRecord
}

export function unfilledExamples(scenario: Scenario, place: OutlinePlace): readonly UnfilledExamples[] {
  const { uri, feature, rule, tags } = place
  const unfilled = scenario.examples.filter(({ tableBody }) => tableBody.length === 0)
  return unfilled.map((examples) => ({
    ...{ uri, feature, rule },
    line: examples.location.line,
    outlineLine: scenario.location.line,
    name: examples.name === '' ? scenario.name : `${scenario.name} (${examples.name})`,
    tags: [...tags, ...[...scenario.tags, ...examples.tags].map(({ name }) => name)],
    step: stepOf(examples, uri),
  }))
}

function stepOf({ keyword, name, location, tableHeader }: Examples, uri: string): StepRecord {
  const hint = tableHeader
    ? 'the first row names the columns; write a row of values below it for each example'
    : `write a table below ${keyword}: a row that names the columns, and a row of values for each example`
  return told(
    `${keyword}:`,
    name,
    location,
    `${placeOf(location, uri)} NO_EXAMPLES no row of values stands below, so nothing is run\n  hint: ${hint}`,
  )
}

/** An outline without any examples is run once, with its placeholders as they stand. @returns `null` for what is none */
export function outlineWithoutExamples(scenario: Scenario, { uri, language }: OutlinePlace): StepRecord | null {
  const { keyword, name, location, examples } = scenario
  if (examples.length > 0 || !isOfOutline(keyword, language)) return null
  const words = keywordsOf(language)
  const problem = `${placeOf(location, uri)} NO_EXAMPLES an outline has examples, and this one has none: its <placeholders> are taken as they stand`
  return told(
    `${keyword}:`,
    name,
    location,
    `${problem}\n  hint: write ${words.examples}: and a table below the steps, or ${words.scenario}: in place of ${keyword}:`,
  )
}

function placeOf({ line, column }: Location, uri: string): string {
  return `${uri}:${line}:${column ?? 1}`
}

function told(keyword: string, text: string, { line }: Location, message: string): StepRecord {
  return { keyword, text, line, argument: [], status: 'undefined', message, durationMs: 0 }
}

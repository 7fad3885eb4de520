import { createRequire } from 'node:module'
import type { StepArgument } from './sentences.ts'

export interface PickledStep {
  readonly text: string
  readonly argument: StepArgument
}

/** A scenario, or one row of an outline, with the steps of its background. */
export interface Pickle {
  readonly name: string
  /** Of the scenario, or of the row. */
  readonly line: number
  readonly steps: readonly PickledStep[]
}

// Gherkin's parser is the one that cucumber brings along.
const require = createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'))
const gherkin = require('@cucumber/gherkin') as GherkinLibrary
const { IdGenerator } = require('@cucumber/messages') as { IdGenerator: { incrementing(): () => string } }

interface GherkinLibrary {
  generateMessages(source: string, uri: string, mediaType: string, options: object): readonly Envelope[]
}

interface Envelope {
  readonly parseError?: { readonly message: string }
  readonly gherkinDocument?: { readonly feature?: unknown }
  readonly pickle?: {
    readonly name: string
    readonly location?: { readonly line: number }
    readonly steps: readonly {
      readonly text: string
      readonly argument?: {
        readonly docString?: { readonly content: string }
        readonly dataTable?: { readonly rows: readonly { readonly cells: readonly { readonly value: string }[] }[] }
      }
    }[]
  }
}

/** @throws Error for a text that is no feature */
export function picklesOf(source: string, uri: string): Pickle[] {
  const options = { newId: IdGenerator.incrementing(), includeSource: false, includeGherkinDocument: false, includePickles: true }
  return gherkin.generateMessages(source, uri, 'text/x.cucumber.gherkin+plain', options).flatMap(({ parseError, pickle }, i) => {
    if (parseError) throw new Error(parseError.message)
    if (!pickle) return []
    const steps = pickle.steps.map(({ text, argument }) => ({
      text,
      argument: {
        text: argument?.docString?.content ?? '',
        rows: (argument?.dataTable?.rows ?? []).slice(1).map(({ cells }) => cells.map(({ value }) => value)),
      },
    }))
    return { name: pickle.name, line: pickle.location?.line ?? i, steps }
  })
}

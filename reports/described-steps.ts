import { shownSentence } from './hidden-steps.ts'
import type { StepRecord } from './run-record.ts'
import { isTypo } from './suggest.ts'

/** A line of a description that begins nearly as a step does. Gherkin takes every line that is none of its own for a description, and says nothing. */
export interface DescribedStep {
  readonly line: number
  readonly keyword: string
  readonly text: string
}

/** What stands in a feature file where a description may stand. */
interface Described {
  readonly description: string
  readonly location: { readonly line: number }
}

const keywords: readonly string[] = ['given', 'when', 'then', 'and', 'but']

/** @param source of the whole feature file */
export function describedSteps(node: Described | undefined, source: string): readonly DescribedStep[] {
  if (!node || node.description.trim() === '') return []
  const lines = source.split('\n').map((line) => line.trim())
  return node.description.split('\n').flatMap((one) => {
    const [, keyword, text] = /^\s*(\p{L}+)\s+(.*\S)/u.exec(one) ?? []
    return keyword === undefined || !isLikeKeyword(keyword) ? [] : [{ line: lines.indexOf(one.trim(), node.location.line) + 1, keyword, text: text! }]
  })
}

function isLikeKeyword(word: string): boolean {
  const lower = word.toLowerCase()
  return keywords.some((keyword) => lower === keyword || isTypo(lower, keyword))
}

/** A sentence that Gherkin took for a description: without it the scenario says something else than is written. */
export function describedRecord({ keyword, text, line }: DescribedStep, hides: boolean): StepRecord {
  const message = `line ${line} is read as a description, not as a step: steps begin with Given, When, Then, And, But or *, under Scenario: or Background:`
  return { keyword, text: hides ? shownSentence(text) : text, line, argument: [], status: 'undefined', message, durationMs: 0 }
}

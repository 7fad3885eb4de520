import { shownSentence } from './hidden-steps.ts'
import { keywordsOf, stepKeywords } from './keywords.ts'
import type { StepRecord } from './run-record.ts'
import { isTypo } from './suggest.ts'

/** A line of a description that begins nearly as a step does. Gherkin takes every line that is none of its own for a description, and says nothing. */
export interface DescribedStep {
  readonly line: number
  readonly keyword: string
  readonly text: string
  /** Of the feature: `en`. */
  readonly language: string
}

/** Begins a step of any kind, and nothing is nearly it. */
const anyStep = '* '

/** What stands in a feature file where a description may stand. */
interface Described {
  readonly description: string
  readonly location: { readonly line: number }
}

/** @param source of the whole feature file */
export function describedSteps(node: Described | undefined, source: string, language: string): readonly DescribedStep[] {
  if (!node || node.description.trim() === '') return []
  const lines = source.split('\n').map((line) => line.trim())
  return node.description.split('\n').flatMap((one) => {
    const begun = begunAsStep(one.trim(), language)
    return begun === null ? [] : [{ ...begun, line: lines.indexOf(one.trim(), node.location.line) + 1, language }]
  })
}

/** In another language English keywords are none of Gherkin's. */
function begunAsStep(line: string, language: string): Pick<DescribedStep, 'keyword' | 'text'> | null {
  for (const keyword of [...stepKeywords(language), ...stepKeywords('en')]) {
    const length = lengthOfBeginning(line, keyword)
    const text = line.slice(length).trim()
    if (length > 0 && text !== '') return { keyword: line.slice(0, length).trim(), text }
  }
  return null
}

/** How much of a line is a keyword, or nearly one: as many words, or where steps follow without a blank as many letters. 0: nothing. */
function lengthOfBeginning(line: string, keyword: string): number {
  if (!keyword.endsWith(' ') || keyword === anyStep) return line.toLowerCase().startsWith(keyword) ? keyword.length : 0
  const words = keyword.trim().split(/\s+/).length
  const beginning = new RegExp(`^(?:[\\p{L}\\p{M}'’-]+\\s+){${words}}`, 'u').exec(line)?.[0] ?? ''
  const said = beginning.trim().toLowerCase()
  return said === keyword.trim() || isTypo(said, keyword.trim()) ? beginning.length : 0
}

/** A sentence that Gherkin took for a description: without it the scenario says something else than is written. */
export function describedRecord({ keyword, text, line, language }: DescribedStep, hides: boolean): StepRecord {
  const { steps, scenario, background } = keywordsOf(language)
  const begin = `${steps.join(', ')} or *, under ${scenario}: or ${background}:`
  const message = `line ${line} is read as a description, not as a step: steps begin with ${begin}${language === 'en' ? '' : ` (# language: ${language})`}`
  return { keyword, text: hides ? shownSentence(text) : text, line, argument: [], status: 'undefined', message, durationMs: 0 }
}

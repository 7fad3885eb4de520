import { dialects } from '@cucumber/gherkin'

const english = dialects['en']!

/** Of a language (`# language: de`): how lines begin that are steps, `angenommen`, `wenn`, `*`. What is written close to the step has no blank behind it. */
export function stepKeywords(language: string): readonly string[] {
  const { given, when, then, and, but } = dialects[language] ?? english
  const all = [given, when, then, and, but].flat()
  return [...new Set(all.map((keyword) => keyword.toLowerCase()))]
}

/** Of a language, one of each: what a reader is told to write. */
export interface Keywords {
  readonly steps: readonly string[]
  readonly scenario: string
  readonly outline: string
  readonly background: string
  readonly examples: string
}

export function keywordsOf(language: string): Keywords {
  const { given, when, then, and, but, scenario, scenarioOutline, background, examples } = dialects[language] ?? english
  return {
    steps: [given, when, then, and, but].map((keywords) => keywords.find((keyword) => keyword !== '* ')!.trim()),
    // The first is the word for an example where there are several.
    scenario: scenario.at(-1)!,
    outline: scenarioOutline[0]!,
    background: background[0]!,
    examples: examples[0]!,
  }
}

/** Whether a scenario's keyword is one that wants examples: `Scenario Outline`, `Szenariogrundriss`. */
export function isOfOutline(keyword: string, language: string): boolean {
  const { scenario, scenarioOutline } = dialects[language] ?? english
  return scenarioOutline.includes(keyword) && !scenario.includes(keyword)
}

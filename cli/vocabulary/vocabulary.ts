import { basename } from 'node:path'
import { sentenceExamples } from './sentence-examples.ts'

/** One sentence that a scenario may use. */
export interface Sentence {
  readonly keyword: string
  /** A cucumber expression: `the request reaches {service}`. */
  readonly expression: string
  /** What it is about, from the name of its file: `traffic` of `traffic.steps.ts`. */
  readonly subject: string
  /** The sentence in use, with its table or doc string; `null` for sentences of a project's own. */
  readonly example: string | null
}

/** The part of cucumber's library that is read here; its API calls the rest opaque. */
interface Library {
  readonly stepDefinitions: readonly { readonly keyword: string; readonly pattern: string | RegExp; readonly uri: string }[]
}

export function toSentences(library: unknown): Sentence[] {
  return (library as Library).stepDefinitions.map(({ keyword, pattern, uri }) => {
    const expression = String(pattern)
    return { keyword, expression, subject: subjectOf(uri), example: sentenceExamples[expression] ?? null }
  })
}

function subjectOf(uri: string): string {
  return basename(uri.replaceAll('\\', '/')).replace(/\.steps\.[cm]?[jt]s$|\.[cm]?[jt]s$/, '')
}

import { loadConfiguration, loadSupport } from '@cucumber/cucumber/api'
import { exitCodes } from './output/exit-codes.ts'
import { withOurSteps } from './run/glue.ts'
import { settingError } from './options/setting-error.ts'
import { type Sentence, toSentences } from './vocabulary/vocabulary.ts'
import { vocabularyMarkdown } from './vocabulary/vocabulary-markdown.ts'

/** @param words only sentences that hold all of these */
export async function steps(words: readonly string[], { format }: { readonly format: string }): Promise<number> {
  const sentences = (await loadSentences()).filter(({ expression }) => words.every((word) => expression.toLowerCase().includes(word.toLowerCase())))
  const text = render(sentences, format)
  process.stdout.write(text === '' ? `no sentence has ${words.length > 1 ? 'all of these words' : 'this word'}: ${words.join(' ')}\n` : text)
  return exitCodes.held
}

/** The vocabulary, and the sentences that the project in this folder adds to it. */
async function loadSentences(): Promise<Sentence[]> {
  const { runConfiguration } = await loadConfiguration()
  const library = await loadSupport({ sources: runConfiguration.sources, support: withOurSteps(runConfiguration.support) })
  return toSentences(library)
}

function render(sentences: readonly Sentence[], format: string): string {
  switch (format) {
    case 'text':
      return sentencesText(sentences)
    case 'markdown':
      return vocabularyMarkdown(sentences)
    case 'json':
      return `${JSON.stringify(sentences, null, 2)}\n`
    default:
      throw settingError(`--format is "${format}"`, 'write text, markdown or json')
  }
}

function sentencesText(sentences: readonly Sentence[]): string {
  let subject = ''
  const lines: string[] = []
  for (const sentence of sentences) {
    if (sentence.subject !== subject) lines.push(...(lines.length > 0 ? [''] : []), sentence.subject)
    subject = sentence.subject
    lines.push(`  ${sentence.keyword} ${sentence.expression}`)
    for (const line of sentence.example?.split('\n') ?? []) lines.push(`      ${line}`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions'
import { beforeAll, expect, test } from 'vitest'
import { durationPattern } from '../../support/sentences/duration.ts'
import { grpcStatusPattern } from '../../support/sentences/grpc-status.ts'
import { requestLinePattern } from '../../support/sentences/request-line.ts'
import { serviceRefPattern } from '../../support/sentences/service-ref.ts'
import { packageRoot } from '../../support/package.ts'
import { sentenceExamples } from './sentence-examples.ts'
import type { Sentence } from './vocabulary.ts'
import { vocabularyMarkdown } from './vocabulary-markdown.ts'

const registry = new ParameterTypeRegistry()
const types = {
  service: serviceRefPattern,
  duration: durationPattern,
  percent: /(\d+(?:\.\d+)?)%/,
  times: /\d+ times?/,
  requests: /\d+ requests?/,
  request: requestLinePattern,
  grpcStatus: grpcStatusPattern,
}
for (const [name, regexp] of Object.entries(types))
  registry.defineParameterType(new ParameterType(name, regexp, null, (text: string) => text, false, false))

let sentences: Sentence[] = []
beforeAll(() => {
  // the built command, since cucumber in this process would load the vocabulary beside the test's own copy: npm run build
  const command = join(packageRoot, 'dist', 'cli', 'main.js')
  sentences = JSON.parse(execFileSync(process.execPath, [command, 'steps', '--format', 'json'], { encoding: 'utf8', cwd: packageRoot })) as Sentence[]
}, 60_000)

test('the vocabulary is there', () => expect(sentences.length).toBeGreaterThan(50))

test('every sentence has an example, and every example a sentence', () => {
  expect(Object.keys(sentenceExamples).toSorted()).toEqual(sentences.map(({ expression }) => expression).toSorted())
})

test('every example is read by its own sentence and by no other', () => {
  for (const { expression, example, keyword } of sentences) {
    const [first = ''] = example!.split('\n')
    expect(first.split(' ')[0]).toBe(keyword)
    const text = first.slice(keyword.length + 1)
    expect(
      sentences.filter((other) => new CucumberExpression(other.expression, registry).match(text) !== null).map((other) => other.expression),
    ).toEqual([expression])
  }
})

test('docs/steps.md is up to date: npm run docs:steps', () => {
  expect(readFileSync(new URL('../../docs/steps.md', import.meta.url), 'utf8')).toBe(vocabularyMarkdown(sentences))
})

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdictMediaType } from '../support/verdicts/verdict.ts'
import type { VerdictRecord } from '../support/verdicts/verdict.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'meshspec-failing-'))

/** What came of one scenario of steps/failing/failing.feature. */
interface Result {
  readonly name: string
  /** Its description: what a person is to be told. */
  readonly wanted: string
  readonly status: string
  readonly message: string
  readonly record: VerdictRecord
  /** Expressions of the step definitions whose step was not passed. */
  readonly definitions: readonly string[]
}

let results: readonly Result[] = []

beforeAll(async () => {
  const messages = join(folder, 'messages.ndjson')
  const cli = join(root, 'node_modules/@cucumber/cucumber/bin/cucumber.js')
  // Exit code 1: scenarios fail, as they should.
  await promisify(execFile)(process.execPath, [cli, '-c', 'steps/failing/cucumber.mjs', '--format', `message:${messages}`], { cwd: root }).catch(
    () => {},
  )
  results = readResults(readFileSync(messages, 'utf8'))
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true }))

describe('scenarios that must not pass', () => {
  test('are there, and none passes', () => {
    expect(results.length).toBeGreaterThan(50)
    expect(results.filter(({ status }) => status === 'PASSED').map(({ name }) => name)).toEqual([])
  })

  test('say what the description says, and nothing of our stack', () => {
    const said = results.map(({ name, wanted, message, record }) => ({
      name,
      text: fill(wanted, message === '' ? `not supported: ${record.reasons.join('; ')}` : message),
    }))
    expect(said).toEqual(results.map(({ name, wanted }) => ({ name, text: wanted })))
    expect(results.map(({ message }) => message).join('\n')).not.toMatch(/^\s+at /m)
  })

  test('every Then of the vocabulary is among them', () => {
    const failed = new Set(results.flatMap(({ definitions }) => definitions))
    expect(thenExpressions().filter((expression) => !failed.has(expression))).toEqual([])
  })

  test('what no target can show is not supported, the rest failed', () => {
    for (const { name, status, record } of results) expect([name, record.verdict]).toEqual([name, status === 'SKIPPED' ? 'not-supported' : 'failed'])
  })
})

/** `…` of the wanted text takes whatever stands there; what differs stays as it was seen. */
function fill(wanted: string, seen: string): string {
  const pattern = wanted.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pattern.join('[^\\n]*')}$`).test(seen) ? wanted : seen
}

function thenExpressions(): string[] {
  const files = readdirSync(join(root, 'steps')).filter((file) => file.endsWith('.steps.ts'))
  const sources = files.map((file) => readFileSync(join(root, 'steps', file), 'utf8'))
  return sources.flatMap((source) => [...source.matchAll(/^Then\(\s*'([^']+)'/gm)].map(([, expression]) => expression!))
}

interface Envelope {
  readonly gherkinDocument?: {
    readonly feature: { readonly children: readonly { readonly scenario?: { readonly id: string; readonly description: string } }[] }
  }
  readonly pickle?: { readonly id: string; readonly name: string; readonly astNodeIds: readonly string[] }
  readonly stepDefinition?: { readonly id: string; readonly pattern: { readonly source: string } }
  readonly testCase?: {
    readonly id: string
    readonly pickleId: string
    readonly testSteps: readonly { readonly id: string; readonly stepDefinitionIds?: readonly string[] }[]
  }
  readonly testCaseStarted?: { readonly id: string; readonly testCaseId: string }
  readonly testStepFinished?: {
    readonly testCaseStartedId: string
    readonly testStepId: string
    readonly testStepResult: { readonly status: string; readonly message?: string }
  }
  readonly attachment?: { readonly testCaseStartedId: string; readonly mediaType: string; readonly body: string }
}

function readResults(ndjson: string): Result[] {
  const envelopes = ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Envelope)
  const all = <K extends keyof Envelope>(key: K) => envelopes.flatMap((envelope) => envelope[key] ?? []) as unknown as NonNullable<Envelope[K]>[]
  const descriptions = new Map(
    all('gherkinDocument').flatMap(({ feature }) =>
      feature.children.flatMap(({ scenario }) => (scenario ? [[scenario.id, scenario.description] as const] : [])),
    ),
  )
  const patterns = new Map(all('stepDefinition').map(({ id, pattern }) => [id, pattern.source]))
  return all('testCaseStarted').map(({ id, testCaseId }) => {
    const testCase = all('testCase').find((one) => one.id === testCaseId)!
    const pickle = all('pickle').find((one) => one.id === testCase.pickleId)!
    const ended = all('testStepFinished').filter((step) => step.testCaseStartedId === id && step.testStepResult.status !== 'PASSED')
    const attached = all('attachment').find((one) => one.testCaseStartedId === id && one.mediaType === verdictMediaType)!
    const first = ended[0]
    const definitions = testCase.testSteps.find((step) => step.id === first?.testStepId)?.stepDefinitionIds ?? []
    return {
      name: pickle.name,
      wanted: dedent(descriptions.get(pickle.astNodeIds[0]!) ?? ''),
      status: first?.testStepResult.status ?? 'PASSED',
      message: (first?.testStepResult.message ?? '').trim(),
      record: JSON.parse(attached.body) as VerdictRecord,
      definitions: definitions.map((definition) => patterns.get(definition)!),
    }
  })
}

function dedent(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^ {4}/, ''))
    .join('\n')
    .trim()
}

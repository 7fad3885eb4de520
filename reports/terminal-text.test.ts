import { expect, test } from 'vitest'
import { makePaint } from './paint.ts'
import { runRecord, verdictRecord } from './run.fixture.ts'
import { summaryText } from './terminal-text.ts'

const [decided] = verdictRecord.tests

/** What is said of a scenario with these statements about shares. */
function ratesOf(...statements: readonly { readonly load: number; readonly requests: number }[]): string | undefined {
  const tests = statements.map((statement) => ({ ...decided!, alpha: 1e-6, ...statement }))
  const [scenario] = runRecord.scenarios
  const run = { ...runRecord, scenarios: [{ ...scenario!, record: { ...verdictRecord, tests } }] }
  return /\d+ statements? about shares over \d+ requests/.exec(summaryText(run, makePaint(false, {})))?.[0]
}

test.each([
  ['one', [{ load: 1, requests: 700 }], '1 statement about shares over 700 requests'],
  [
    'two about the same requests, one of which took more',
    [
      { load: 1, requests: 700 },
      { load: 1, requests: 900 },
    ],
    '2 statements about shares over 900 requests',
  ],
  [
    'two about others',
    [
      { load: 1, requests: 700 },
      { load: 3, requests: 100 },
    ],
    '2 statements about shares over 800 requests',
  ],
] as const)('requests are counted once: %s', (_, statements, says) => expect(ratesOf(...statements)).toBe(says))

test.each([
  ['failed', '✖'],
  ['undecided', '≈'],
  ['not-programmed', '…'],
] as const)('the step by which a scenario is %s is marked as that', (verdict, mark) => {
  const [scenario] = runRecord.scenarios
  const step = { ...scenario!.steps[0]!, status: 'failed' as const, message: 'too few' }
  const text = summaryText({ ...runRecord, scenarios: [{ ...scenario!, verdict, steps: [step] }] }, makePaint(false, {}))
  expect(text).toContain(`\n  ${mark} Then the request reaches reviews:v2\n      too few`)
})

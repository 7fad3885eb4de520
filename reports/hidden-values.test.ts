import type { Envelope } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { verdictMediaType } from '../support/verdicts/verdict.ts'
import { Collector } from './collector.ts'

const at = { seconds: 1, nanos: 0 }
const cell = (value: string) => ({ value })
const table = (...rows: readonly (readonly [string, string])[]) => ({
  dataTable: { rows: rows.map(([name, value]) => ({ cells: [cell(name), cell(value)] })) },
})

/** One scenario whose steps tell secrets. */
function argumentsShown(hidesValues: boolean): readonly (readonly string[])[] {
  const steps = [
    {
      id: 's1',
      text: 'a client sends "GET /x" with headers:',
      argument: table(['authorization', 'Bearer planted-1'], ['x-key', 'planted-2'], ['accept', 'text/html']),
    },
    { id: 's2', text: 'the config:', argument: { docString: { content: 'kind: Secret\nstringData: {token: planted-3}' } } },
    { id: 's3', text: 'the requests are split:', argument: table(['reviews:v1', '50%']) },
  ]
  const collector = new Collector()
  const take = (envelope: unknown): void => void collector.take(envelope as Envelope)
  take({
    pickle: {
      id: 'p',
      uri: 'f.feature',
      name: 'S',
      astNodeIds: [],
      tags: [],
      steps: steps.map((step) => ({ ...step, astNodeIds: [], type: 'Context' })),
    },
  })
  take({ testRunStarted: { timestamp: at } })
  take({ testCase: { id: 'c', pickleId: 'p', testSteps: steps.map(({ id }) => ({ id: `t-${id}`, pickleStepId: id })) } })
  take({ testCaseStarted: { id: 'a', testCaseId: 'c', attempt: 0, timestamp: at } })
  for (const { id } of steps)
    take({
      testStepFinished: {
        testCaseStartedId: 'a',
        testStepId: `t-${id}`,
        timestamp: at,
        testStepResult: { status: 'PASSED', duration: { seconds: 0, nanos: 0 } },
      },
    })
  const record = { verdict: 'passed', reasons: [], hidesValues }
  take({ attachment: { testCaseStartedId: 'a', mediaType: verdictMediaType, contentEncoding: 'IDENTITY', body: JSON.stringify(record) } })
  take({ testCaseFinished: { testCaseStartedId: 'a', timestamp: at, willBeRetried: false } })
  return collector.record.scenarios[0]!.steps.map(({ argument }) => argument)
}

test('of a live mesh, steps show no values of headers and no tokens', () => {
  expect(argumentsShown(true)).toEqual([
    ['| authorization | (hidden)  |', '| x-key         | (hidden)  |', '| accept        | text/html |'],
    ['"""', 'kind: Secret', 'stringData: {token: (hidden)}', '"""'],
    ['| reviews:v1 | 50% |'],
  ])
})

test('of any other, as the feature says them', () => expect(JSON.stringify(argumentsShown(false))).toContain('planted-2'))

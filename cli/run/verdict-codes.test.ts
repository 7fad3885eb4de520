import { describe, expect, test } from 'vitest'
import { compareRuns } from '../../reports/comparison.ts'
import type { RunRecord, ScenarioRecord, ScenarioVerdict } from '../../reports/run-record.ts'
import { runRecord } from '../../reports/run.fixture.ts'
import { codeOfComparison, codeOfRun } from './verdict-codes.ts'

const [one] = runRecord.scenarios as [ScenarioRecord]
const runOf = (...verdicts: readonly ScenarioVerdict[]): RunRecord => ({
  ...runRecord,
  ...{ undefinedSteps: [], parseErrors: [], hookErrors: [] },
  scenarios: verdicts.map((verdict, i) => ({ ...one, verdict, line: i + 1 })),
})

describe('the exit code of a run', () => {
  test.each([
    [['passed'], 0],
    [['passed', 'not-supported'], 0],
    [['not-supported'], 0],
    [['passed', 'failed'], 1],
    [['passed', 'undecided'], 1],
    [['not-programmed'], 1],
    [['interrupted'], 1],
    [['passed', 'failed', 'invalid'], 2],
  ] as const)('of %j is %i', (verdicts, code) => expect(codeOfRun(runOf(...verdicts), {})).toBe(code))

  test('is 1 where a hook has failed, and 2 where a feature cannot be read', () => {
    expect(codeOfRun({ ...runOf('passed'), hookErrors: ['boom'] }, {})).toBe(1)
    expect(codeOfRun({ ...runOf('passed'), parseErrors: [{ uri: 'a.feature', message: 'no Gherkin' }] }, {})).toBe(2)
  })

  test('with --dry-run looks at sentences alone', () => {
    expect(codeOfRun(runOf('failed'), { dryRun: true })).toBe(0)
    expect(codeOfRun(runOf('invalid'), { dryRun: true })).toBe(2)
  })

  test.each([[['a.feature:1']], [['a.feature:2:1']], [['a.feature:7']], [['a.feature', 'b.feature']]])(
    'takes %j for lines at which scenarios begin',
    (features) => {
      const run = {
        ...runOf('passed', 'passed'),
        scenarios: runOf('passed', 'passed').scenarios.map((one) => ({ ...one, uri: 'a.feature', outlineLine: 7 })),
      }
      expect(codeOfRun(run, { features })).toBe(0)
    },
  )

  test('of a line at which nothing begins is a mistake, be it beside others', () => {
    const run = { ...runOf('passed'), scenarios: runOf('passed').scenarios.map((one) => ({ ...one, uri: 'a.feature' })) }
    expect(() => codeOfRun(run, { features: ['a.feature:1:99'] })).toThrow('nothing of a.feature:99 was run')
    expect(codeOfRun(run, { features: ['a.feature:1:99'], tags: '@smoke' })).toBe(0)
  })

  test('of nothing is a mistake, but for a shard', () => {
    expect(() => codeOfRun(runOf(), { tags: '@none' })).toThrow('no scenario fits --tags "@none"')
    expect(codeOfRun(runOf(), { tags: '@none', shard: '3/4' })).toBe(0)
  })
})

describe('the exit code of a comparison', () => {
  test.each([
    [['passed'], ['passed'], 0],
    [['passed'], ['not-supported'], 0],
    [['passed'], ['failed'], 1],
    [['failed'], ['failed'], 1],
    [['passed'], ['undecided'], 1],
    [['passed'], ['invalid'], 2],
    // The second did not come to the last one.
    [['passed', 'passed'], ['passed'], 1],
  ] as const)('of %j and %j is %i', (first, second, code) => {
    const runs = [first, second].map((verdicts, i) => ({ target: `t${i}`, run: runOf(...verdicts) }))
    expect(codeOfComparison(compareRuns(runs), {})).toBe(code)
  })
})

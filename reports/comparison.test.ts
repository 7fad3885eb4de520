import { describe, expect, test } from 'vitest'
import { comparisonHtml } from './comparison-html.ts'
import { comparisonJson } from './comparison-json.ts'
import { comparisonJunit } from './comparison-junit.ts'
import { comparisonText } from './comparison-text.ts'
import { compareRuns, countText } from './comparison.ts'
import type { Agreement } from './comparison.ts'
import type { RunRecord, ScenarioRecord, ScenarioVerdict } from './run-record.ts'
import { runRecord, verdictRecord } from './run.fixture.ts'

const [passed, failed, notSupported] = runRecord.scenarios as [ScenarioRecord, ScenarioRecord, ScenarioRecord]

function runOf(...scenarios: readonly ScenarioRecord[]): RunRecord {
  return { ...runRecord, scenarios, undefinedSteps: [], parseErrors: [] }
}

describe('what several targets say of one scenario', () => {
  const cases: [verdicts: (ScenarioVerdict | null)[], agreement: Agreement][] = [
    [['passed', 'passed'], 'holds'],
    [['passed', 'passed', 'not-supported'], 'holds'],
    [['failed', 'failed'], 'fails'],
    [['not-supported', 'failed'], 'fails'],
    [['passed', 'failed'], 'differs'],
    [['passed', 'failed', 'undecided'], 'differs'],
    [['passed', 'undecided'], 'open'],
    [['failed', 'not-programmed'], 'open'],
    [['passed', 'interrupted'], 'open'],
    [['passed', null], 'open'],
    [['invalid', 'invalid'], 'open'],
    [['passed', 'not-supported'], 'one-sided'],
    [['not-supported', 'not-supported'], 'not-supported'],
  ]
  test.each(cases)('%j: %s', (verdicts, agreement) => {
    const runs = verdicts.map((verdict, i) => ({ target: `t${i}`, run: runOf(...(verdict === null ? [] : [{ ...passed, verdict }])) }))
    expect(compareRuns(runs).scenarios.map((scenario) => scenario.agreement)).toEqual([agreement])
  })
})

test('a failure that chance has made is no difference between targets', () => {
  const by = (chance: readonly string[]): ScenarioRecord => ({
    ...passed,
    verdict: 'failed',
    record: { ...verdictRecord, verdict: 'failed', chance },
  })
  const agreementOf = (...scenarios: ScenarioRecord[]): Agreement =>
    compareRuns(scenarios.map((scenario, i) => ({ target: `t${i}`, run: runOf(scenario) }))).scenarios[0]!.agreement
  const drawn = by(['75% shop subset v1, 25% shop subset v2'])
  expect([agreementOf(passed, drawn), agreementOf(drawn, passed), agreementOf(passed, by([]))]).toEqual(['drawn', 'drawn', 'differs'])
  expect([agreementOf(passed, drawn, by([])), agreementOf(drawn, drawn)]).toEqual(['differs', 'fails'])
})

test('scenarios are told apart by their place and name, and keep their order', () => {
  const [first, second] = [passed, { ...passed, line: 4 }]
  const { scenarios } = compareRuns([
    { target: 'a', run: runOf(first, second) },
    { target: 'b', run: runOf(second, first) },
  ])
  expect(scenarios.map(({ line, agreement }) => [line, agreement])).toEqual([
    [3, 'holds'],
    [4, 'holds'],
  ])
})

test.each([
  ['holds', 1, 2, '1 holds on both'],
  ['holds', 2, 3, '2 hold on all'],
  ['differs', 1, 2, '1 differs'],
] as const)('%s of %i on %i targets', (agreement, count, targets, text) => expect(countText(agreement, count, targets)).toBe(text))

const held: ScenarioRecord = { ...failed, verdict: 'passed', reasons: [], steps: [passed.steps[0]!] }
const comparison = compareRuns([
  {
    target: 'core',
    run: runOf(passed, held, { ...notSupported, verdict: 'passed', reasons: [] }, { ...failed, name: 'wrong <everywhere>', line: 20 }),
  },
  { target: 'envoy', run: runOf(passed, failed, notSupported, { ...failed, name: 'wrong <everywhere>', line: 20 }) },
])
const reports = {
  terminal: comparisonText(comparison, (_, text) => text),
  html: comparisonHtml(comparison),
  junit: comparisonJunit(comparison),
  json: JSON.stringify(comparisonJson(comparison)),
}

describe.each(Object.entries(reports))('%s', (name, text) => {
  test('says why targets differ, and what one of them cannot show', () => {
    expect(text).toContain('reached reviews:v1 instead.')
    expect(text).toContain('needs metrics')
    if (name !== 'junit') expect(text).toContain('no metrics here')
    if (name !== 'json') expect(text).toContain('holds on core, fails on envoy')
  })
})

test('terminal: the three kinds stand apart, each step once with a mark for each target', () => {
  expect(reports.terminal).toMatch(
    /The targets differ[^]*✖ Routing & <shares>: fails[^]*No target holds it[^]*wrong <everywhere>[^]*Not supported by envoy/,
  )
  expect(reports.terminal).toContain(
    '  core envoy\n  ✔    ✖      Then the request reaches reviews:v2\n                envoy: reached reviews:v1 instead.',
  )
  expect(reports.terminal).toContain('core and envoy: reached reviews:v1 instead.')
  expect(reports.terminal).toContain('core: 2 × productpage:v1 -> reviews:v2')
  expect(reports.terminal).toContain(
    '4 scenarios on core in 34 ms, envoy in 34 ms: 1 holds on both, 1 differs, 1 fails on both, 1 shown by one only\nseed 7',
  )
})

test('html: both sides in one row, and nothing of the input is markup', () => {
  expect(reports.html).toMatch(
    /<td class="passed">passed<\/td><td class="failed">failed<pre class="reason"><span>reached reviews:v1 instead\.<\/span><\/pre><\/td>/,
  )
  expect(reports.html).not.toContain('<everywhere>')
  expect(reports.html).toContain('<body class="failed">')
})

test('junit: one case for a scenario', () => {
  expect(reports.junit).toContain('<testsuites name="meshspec: core, envoy" tests="4" failures="2" errors="0" skipped="1"')
  expect(reports.junit).toContain('<failure type="differs" message="holds on core, fails on envoy">envoy: reached reviews:v1 instead.</failure>')
  expect(reports.junit).toContain('<failure type="fails" message="fails on core and envoy">')
  expect(reports.junit).toContain('<skipped message="holds on core, is not supported by envoy"/>')
})

test('json: counts, and both records of each scenario', () => {
  expect(comparisonJson(comparison)).toMatchObject({
    targets: ['core', 'envoy'],
    counts: { holds: 1, differs: 1, fails: 1, 'one-sided': 1 },
    runs: { core: { counts: { passed: 3 } }, envoy: { counts: { passed: 1 } } },
    scenarios: [
      { agreement: 'holds' },
      { agreement: 'differs', outcomes: { core: { verdict: 'passed' }, envoy: { verdict: 'failed', reasons: ['reached reviews:v1 instead.'] } } },
      {},
      {},
    ],
  })
})

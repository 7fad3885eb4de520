import { describe, expect, test } from 'vitest'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { openRecord, runRecord } from './run.fixture.ts'
import { summaryText } from './terminal-text.ts'

const reports = {
  terminal: summaryText(runRecord, (_, text) => text),
  html: htmlReport(runRecord),
  junit: junitReport(runRecord),
  json: JSON.stringify(jsonReport(runRecord)),
}

for (const [name, text] of Object.entries(reports)) {
  test(`${name} names what is not supported, with its reason`, () => {
    expect(text).toContain('needs metrics')
    expect(text).toContain('no metrics here')
  })
  test(`${name} says why a scenario failed`, () => expect(text).toContain('reached reviews:v1 instead.'))
}

test('junit: what is not supported is skipped, and counted so', () => {
  expect(reports.junit).toContain('<testsuites name="meshspec" tests="4" failures="1" errors="1" skipped="1" time="0.034">')
  expect(reports.junit).toContain('<skipped message="not supported: no metrics here"/>')
  expect(reports.junit).toContain('classname="Routing &amp; &lt;shares&gt;"')
})

test('the terminal counts verdicts and the error rates that were spent', () => {
  expect(reports.terminal).toContain('3 scenarios: 1 passed, 1 failed, 1 not supported in 34 ms')
  expect(reports.terminal).toContain('a correct mesh fails this run with probability below 3e-6;')
  expect(reports.terminal).toContain('target core, seed 7')
  expect(reports.terminal).toContain('did you mean: the request reaches {service}')
})

test('html: nothing of the input is markup', () => {
  expect(reports.html).not.toContain('<shares>')
})

describe.each([
  ['terminal', summaryText(openRecord, (_, text) => text)],
  ['html', htmlReport(openRecord)],
  ['junit', junitReport(openRecord)],
  ['json', JSON.stringify(jsonReport(openRecord))],
])('%s', (_, text) => {
  test('tells what is not yet programmed and what is undecided apart, each with its reason and what is known from where', () => {
    expect(text).toMatch(/not[- ]yet[- ]programmed|not-programmed/i)
    expect(text).toContain('not yet programmed after 30 s')
    expect(text).toMatch(/undecided/i)
    expect(text).toContain('too few requests')
    expect(text).toContain('the bodies of echo services')
  })
})

test('the terminal puts them under headings of their own, not among what failed', () => {
  const text = summaryText(openRecord, (_, shown) => shown)
  expect(text).toContain('Not yet programmed: the mesh had not taken the config up by the deadline:\n\n… Routing & <shares>: comes late')
  expect(text).toContain('Undecided: the requests did not tell:\n\n≈ Routing & <shares>: is open')
  expect(text).toContain('3 scenarios: 1 passed, 1 undecided, 1 not yet programmed in 34 ms')
})

test('html: a step that left its scenario open is not marked as failed', () => {
  const [scenario] = runRecord.scenarios
  const steps = [{ ...scenario!.steps[0]!, status: 'failed' as const, message: 'too few' }]
  const html = htmlReport({ ...runRecord, scenarios: [{ ...scenario!, verdict: 'undecided', steps }] })
  expect(html).toContain('<ol class="undecided"><li class="failed">')
  expect(html).toMatch(/ol:is\(\.undecided[^{]*> li\.failed::before \{ content: '≈ '/)
})

test('html: a run with something open is not green', () => expect(htmlReport(openRecord)).toContain('<body class="open">'))

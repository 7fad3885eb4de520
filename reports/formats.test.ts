import { expect, test } from 'vitest'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { runRecord } from './run.fixture.ts'
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

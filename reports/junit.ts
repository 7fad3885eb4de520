import { escapeXml } from './escape.ts'
import { FollowedRun } from './followed-run.ts'
import type { Formatter } from './formatter.ts'
import { groupByUri, type RunRecord, type ScenarioRecord, verdictWords } from './run-record.ts'

/** JUnit's XML as CI servers read it: a suite for each feature; what a target cannot show is `skipped`, with its reason as the message. */
export function junitReport(run: RunRecord): string {
  const suites = groupByUri(run.scenarios)
  const all = totals(run.scenarios, run.parseErrors.length)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="meshspec" ${all} time="${seconds(run.durationMs)}">`,
    ...[...suites].map(([uri, scenarios]) => suiteXml(uri, scenarios)),
    ...run.parseErrors.map(({ uri, message }) => unreadableXml(uri, message)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteXml(uri: string, scenarios: readonly ScenarioRecord[]): string {
  const time = seconds(scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0))
  const name = escapeXml(scenarios[0]?.feature ?? uri)
  return [
    `  <testsuite name="${name}" file="${escapeXml(uri)}" ${totals(scenarios, 0)} time="${time}">`,
    ...scenarios.map(caseXml),
    '  </testsuite>',
  ].join('\n')
}

function caseXml(scenario: ScenarioRecord): string {
  const { uri, line, feature, rule, name, durationMs } = scenario
  const classname = escapeXml(rule ? `${feature} › ${rule}` : feature)
  const open = `    <testcase classname="${classname}" name="${escapeXml(name)}" file="${escapeXml(uri)}" line="${line}" time="${seconds(durationMs)}">`
  return [open, outcomeXml(scenario), `      <system-out>${escapeXml(stepsText(scenario))}</system-out>`, '    </testcase>']
    .filter((part) => part !== '')
    .join('\n')
}

function outcomeXml({ verdict, reasons }: ScenarioRecord): string {
  if (verdict === 'passed') return ''
  const text = reasons.join('\n')
  const message = escapeXml(`${verdictWords[verdict]}: ${text.split('\n')[0] ?? ''}`)
  if (verdict === 'not-supported') return `      <skipped message="${message}"/>`
  const element = verdict === 'failed' ? 'failure' : 'error'
  return `      <${element} type="${verdict}" message="${message}">${escapeXml(text)}</${element}>`
}

export function unreadableXml(uri: string, message: string): string {
  const file = escapeXml(uri)
  return [
    `  <testsuite name="${file}" file="${file}" tests="1" failures="0" errors="1" skipped="0" time="0.000">`,
    `    <testcase classname="${file}" name="can be read" time="0.000"><error type="parse-error" message="${escapeXml(message)}"/></testcase>`,
    '  </testsuite>',
  ].join('\n')
}

function totals(scenarios: readonly ScenarioRecord[], unreadable: number): string {
  const count = (...wanted: ScenarioRecord['verdict'][]): number => scenarios.filter(({ verdict }) => wanted.includes(verdict)).length
  const errors = count('invalid', 'undecided', 'not-programmed', 'interrupted') + unreadable
  return `tests="${scenarios.length + unreadable}" failures="${count('failed')}" errors="${errors}" skipped="${count('not-supported')}"`
}

/** What was done and, below it, what the verdict rests on. */
export function stepsText({ steps, record }: ScenarioRecord): string {
  const shares = (record?.tests ?? []).map(
    ({ statement, requests, seen, interval: [low, high] }) =>
      `${statement}: ${percent(seen)} of ${requests} requests, 99% interval ${percent(low)} to ${percent(high)}`,
  )
  const sources = (record?.evidence ?? []).map((source) => `known from ${source}`)
  return [...stepLines(steps), ...shares, ...sources].join('\n')
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

function stepLines(steps: ScenarioRecord['steps']): string[] {
  return steps.flatMap(({ keyword, text, argument, status }) => [
    `${status.padEnd(9)} ${keyword} ${text}`,
    ...argument.map((line) => `            ${line}`),
  ])
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const junit: Formatter = {
  type: 'formatter',
  formatter({ on, write }) {
    const run = new FollowedRun()
    on('message', run.take)
    return () => write(junitReport(run.record))
  },
}
export default junit

import { countAgreements, sentenceOf } from './comparison.ts'
import type { ComparedScenario, Comparison } from './comparison.ts'
import { escapeXml } from './escape.ts'
import { seconds, stepsText, unreadableXml } from './junit.ts'
import { groupByUri } from './run-record.ts'

/**
 * JUnit's XML: one test case for a scenario on all targets. `failure` of the type `differs`, `drawn` or `fails`, `error` where a target gave no answer, `skipped` where
 * fewer than two can show it.
 */
export function comparisonJunit({ runs, scenarios }: Comparison): string {
  const unreadable = runs[0]?.run.parseErrors ?? []
  const durationMs = runs.reduce((sum, { run }) => sum + run.durationMs, 0)
  const name = escapeXml(`meshspec: ${runs.map(({ target }) => target).join(', ')}`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${totals(scenarios, unreadable.length)} time="${seconds(durationMs)}">`,
    ...[...groupByUri(scenarios)].map(([uri, those]) => suiteXml(uri, those)),
    ...unreadable.map(({ uri, message }) => unreadableXml(uri, message)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteXml(uri: string, scenarios: readonly ComparedScenario[]): string {
  const time = seconds(scenarios.reduce((sum, scenario) => sum + durationOf(scenario), 0))
  const open = `  <testsuite name="${escapeXml(scenarios[0]?.feature ?? uri)}" file="${escapeXml(uri)}" ${totals(scenarios, 0)} time="${time}">`
  return [open, ...scenarios.map(caseXml), '  </testsuite>'].join('\n')
}

function caseXml(scenario: ComparedScenario): string {
  const { uri, line, feature, rule, name } = scenario
  const classname = escapeXml(rule ? `${feature} › ${rule}` : feature)
  const time = seconds(durationOf(scenario))
  const open = `    <testcase classname="${classname}" name="${escapeXml(name)}" file="${escapeXml(uri)}" line="${line}" time="${time}">`
  return [open, ...outcomeXml(scenario), `      <system-out>${escapeXml(wholeText(scenario))}</system-out>`, '    </testcase>'].join('\n')
}

function outcomeXml(scenario: ComparedScenario): string[] {
  const { agreement } = scenario
  if (agreement === 'holds') return []
  const message = escapeXml(sentenceOf(scenario))
  if (agreement === 'one-sided' || agreement === 'not-supported') return [`      <skipped message="${message}"/>`]
  const element = agreement === 'open' ? 'error' : 'failure'
  return [`      <${element} type="${agreement}" message="${message}">${escapeXml(reasonsText(scenario))}</${element}>`]
}

function reasonsText({ outcomes }: ComparedScenario): string {
  const told = outcomes.filter(({ scenario }) => scenario && scenario.reasons.length > 0)
  return told.map(({ target, scenario }) => `${target}: ${scenario!.reasons.join('\n')}`).join('\n\n')
}

function wholeText({ outcomes }: ComparedScenario): string {
  return outcomes.map(({ target, scenario }) => `on ${target}:\n${scenario ? stepsText(scenario) : 'not run'}`).join('\n\n')
}

function durationOf({ outcomes }: ComparedScenario): number {
  return outcomes.reduce((sum, { scenario }) => sum + (scenario?.durationMs ?? 0), 0)
}

function totals(scenarios: readonly ComparedScenario[], unreadable: number): string {
  const { differs, drawn, fails, open, 'one-sided': oneSided, 'not-supported': notSupported } = countAgreements(scenarios)
  return `tests="${scenarios.length + unreadable}" failures="${differs + drawn + fails}" errors="${open + unreadable}" skipped="${oneSided + notSupported}"`
}

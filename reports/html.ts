import { escapeXml as escape } from './escape.ts'
import { FollowedRun } from './followed-run.ts'
import type { Formatter } from './formatter.ts'
import { badgesHtml, factsHtml, htmlPage, moodOf, problemHtml, problemsHtml, reasonHtml, table } from './html-page.ts'
import { countVerdicts, groupByUri, type RunRecord, type ScenarioRecord, type StepRecord, verdicts, verdictWords } from './run-record.ts'
import { boundText, formatMs } from './terminal-text.ts'

/** Counts, then each feature with its scenarios, those that did not pass unfolded. */
export function htmlReport(run: RunRecord): string {
  const counts = countVerdicts(run.scenarios)
  const badges = verdicts.filter((kind) => counts[kind] > 0).map((kind) => ({ kind, words: `${counts[kind]} ${verdictWords[kind]}` }))
  const targets = [...new Set(run.scenarios.flatMap(({ record }) => record?.target ?? []))]
  return htmlPage({
    title: badges.map(({ words }) => words).join(', '),
    mood: moodOf(
      counts.failed + counts.invalid + run.parseErrors.length + run.hookErrors.length,
      counts.undecided + counts['not-programmed'] + counts.interrupted,
    ),
    header: badgesHtml(badges) + factsHtml(targets, run.scenarios, run.durationMs),
    sections: [
      ...problemsHtml(run),
      ...run.hookErrors.map((message) => problemHtml('A hook of the run failed', message)),
      ...[...groupByUri(run.scenarios)].map(([uri, scenarios]) => featureHtml(uri, scenarios)),
    ],
  })
}

function featureHtml(uri: string, scenarios: readonly ScenarioRecord[]): string {
  const heading = `<h2>${escape(scenarios[0]?.feature ?? uri)} <small>${escape(uri)}</small></h2>`
  return `<section>${heading}${scenarios.map(scenarioHtml).join('\n')}</section>`
}

function scenarioHtml(scenario: ScenarioRecord): string {
  const { verdict, rule, name, line, tags, steps, reasons } = scenario
  const badge = verdict === 'passed' ? '' : ` <span class="badge ${verdict}">${verdictWords[verdict]}</span>`
  const summary = `<summary class="${verdict}">${rule ? `${escape(rule)} › ` : ''}${escape(name)}${badge} <small>${[`line ${line}`, ...tags].map(escape).join(' ')}</small></summary>`
  const told = verdict === 'not-supported' || !steps.some(({ message }) => message !== null) ? reasons : []
  const why = told.length > 0 ? reasonHtml(told.join('\n')) : ''
  return `<details${verdict === 'passed' ? '' : ' open'}>${summary}${why}<ol class="${verdict}">${steps.map(stepHtml).join('')}</ol>${evidenceHtml(scenario)}</details>`
}

function stepHtml({ keyword, text, argument, status, message }: StepRecord): string {
  const below = argument.length > 0 ? `<pre class="argument">${escape(argument.join('\n'))}</pre>` : ''
  const why = message === null ? '' : reasonHtml(message)
  return `<li class="${status}"><b>${escape(keyword)}</b> ${escape(text)}${below}${why}</li>`
}

/** What the verdict rests on: the requests and their paths, the tests of shares, config that was ignored. */
export function evidenceHtml({ record }: ScenarioRecord): string {
  if (!record) return ''
  const paths = Object.entries(record.paths).map(([path, count]) => `<tr><td>${count}</td><td>${escape(path)}</td></tr>`)
  const tests = record.tests.map(
    ({ statement, requests, wanted, seen, interval, alpha, beta, delta, exact }) =>
      `<tr><td>${escape(statement)}</td><td>${percent(wanted)}</td><td>${percent(seen)} (${interval.map(percent).join(' to ')})</td><td>${requests}${exact ? ', odds compared exactly' : ''}</td><td>${boundText(alpha)}</td><td>${beta} for ${percent(delta)}</td></tr>`,
  )
  const facts = [
    ...(record.virtualMs === null ? [] : [`${formatMs(record.virtualMs)} of mesh time`]),
    `${record.requests} request${record.requests === 1 ? '' : 's'}`,
    ...record.evidence.map((source) => `known from ${source}`),
  ]
  return [
    `<p class="facts">${facts.map(escape).join(' · ')}</p>`,
    table(['requests', 'path'], paths),
    `<div class="wide">${table(['statement', 'wanted', 'seen (99% interval)', 'requests', 'false alarm', 'miss'], tests)}</div>`,
    ...record.notModelled.map((notice) => `<p class="notice">not acted on: ${escape(notice)}</p>`),
  ].join('')
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

const html: Formatter = {
  type: 'formatter',
  formatter({ on, write }) {
    const run = new FollowedRun()
    on('message', run.take)
    return () => write(htmlReport(run.record))
  },
}
export default html

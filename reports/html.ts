import { Collector } from './collector.ts'
import { escapeXml as escape } from './escape.ts'
import type { Formatter } from './formatter.ts'
import { style } from './html-style.ts'
import {
  countVerdicts,
  groupByUri,
  type RunRecord,
  type ScenarioRecord,
  type ScenarioVerdict,
  type StepRecord,
  verdicts,
  verdictWords,
} from './run-record.ts'
import { formatMs } from './terminal-text.ts'
import { versions } from './versions.ts'

/** One page that needs nothing but itself: counts, then each feature with its scenarios, those that did not pass unfolded. */
export function htmlReport(run: RunRecord): string {
  const counts = countVerdicts(run.scenarios)
  const worst = counts.failed + counts.invalid + run.parseErrors.length + run.hookErrors.length > 0 ? 'failed' : 'passed'
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>meshspec: ${summaryTitle(counts)}</title>`,
    `<style>${style}</style></head>`,
    `<body class="${worst}"><header><h1>meshspec</h1><p class="counts">${countsHtml(counts)}</p>${factsHtml(run)}</header><main>`,
    ...run.parseErrors.map(({ uri, message }) => `<section class="error"><h2>${escape(uri)}</h2><pre>${escape(message)}</pre></section>`),
    ...run.hookErrors.map((message) => `<section class="error"><h2>A hook of the run failed</h2><pre>${escape(message)}</pre></section>`),
    ...run.undefinedSteps.map(undefinedHtml),
    ...[...groupByUri(run.scenarios)].map(([uri, scenarios]) => featureHtml(uri, scenarios)),
    '</main></body></html>',
    '',
  ].join('\n')
}

function summaryTitle(counts: Readonly<Record<ScenarioVerdict, number>>): string {
  return verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdictWords[verdict]}`)
    .join(', ')
}

function countsHtml(counts: Readonly<Record<ScenarioVerdict, number>>): string {
  return verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `<span class="badge ${verdict}">${counts[verdict]} ${verdictWords[verdict]}</span>`)
    .join(' ')
}

/** Target, seed and versions: what is needed to see the same run again. */
function factsHtml({ scenarios, durationMs }: RunRecord): string {
  const records = scenarios.flatMap(({ record }) => record ?? [])
  const { meshspec, cucumber, node } = versions()
  const facts = [
    ...[...new Set(records.map(({ target }) => `target ${target}`))],
    ...seedFact(records.map(({ runSeed }) => runSeed)),
    formatMs(durationMs),
    `meshspec ${meshspec}, cucumber ${cucumber}, Node ${node}`,
  ]
  return `<p class="facts">${facts.map(escape).join(' · ')}</p>`
}

function seedFact(seeds: readonly number[]): string[] {
  const distinct = [...new Set(seeds)]
  return distinct.length === 1 ? [`seed ${distinct[0]}`] : []
}

function undefinedHtml({ uri, line, text, suggestions }: RunRecord['undefinedSteps'][number]): string {
  const hint =
    suggestions.length > 0 ? `<p>Did you mean</p><ul>${suggestions.map((one) => `<li><code>${escape(one)}</code></li>`).join('')}</ul>` : ''
  return `<section class="error"><h2>${escape(uri)}:${line}</h2><p>No sentence of the vocabulary reads <code>${escape(text)}</code></p>${hint}</section>`
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
  const why = told.length > 0 ? `<pre class="reason">${escape(told.join('\n'))}</pre>` : ''
  return `<details${verdict === 'passed' ? '' : ' open'}>${summary}${why}<ol>${steps.map(stepHtml).join('')}</ol>${evidenceHtml(scenario)}</details>`
}

function stepHtml({ keyword, text, argument, status, message }: StepRecord): string {
  const below = argument.length > 0 ? `<pre class="argument">${escape(argument.join('\n'))}</pre>` : ''
  const why = message === null ? '' : `<pre class="reason">${escape(message)}</pre>`
  return `<li class="${status}"><b>${escape(keyword)}</b> ${escape(text)}${below}${why}</li>`
}

/** What the verdict rests on: the requests and their paths, the tests of shares, config that was ignored. */
function evidenceHtml({ record }: ScenarioRecord): string {
  if (!record) return ''
  const paths = Object.entries(record.paths).map(([path, count]) => `<tr><td>${count}</td><td>${escape(path)}</td></tr>`)
  const tests = record.tests.map(
    ({ statement, requests, wanted, seen, alpha, beta, delta, exact }) =>
      `<tr><td>${escape(statement)}</td><td>${percent(wanted)}</td><td>${percent(seen)}</td><td>${requests}${exact ? ', odds compared exactly' : ''}</td><td>${alpha}</td><td>${beta} for ${percent(delta)}</td></tr>`,
  )
  const virtual = record.virtualMs === null ? '' : `<p class="facts">${formatMs(record.virtualMs)} of mesh time, ${record.requests} requests</p>`
  return [
    virtual,
    table(['requests', 'path'], paths),
    table(['statement', 'wanted', 'seen', 'requests', 'false alarm', 'miss'], tests),
    ...record.notModelled.map((notice) => `<p class="notice">read and not acted on: ${escape(notice)}</p>`),
  ].join('')
}

function table(headings: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return ''
  return `<table><thead><tr>${headings.map((heading) => `<th>${heading}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

const html: Formatter = {
  type: 'formatter',
  formatter({ on, write }) {
    const collector = new Collector()
    on('message', (envelope) => void collector.take(envelope))
    return () => write(htmlReport(collector.record))
  },
}
export default html

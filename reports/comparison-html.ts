import { agreements, countText, countAgreements, sentenceOf } from './comparison.ts'
import type { ComparedScenario, Comparison, Outcome } from './comparison.ts'
import { compareSteps, untoldReasons } from './compared-steps.ts'
import { escapeXml as escape } from './escape.ts'
import { evidenceHtml } from './html.ts'
import { badgesHtml, factsHtml, htmlPage, moodOf, problemHtml, problemsHtml, reasonHtml } from './html-page.ts'
import { groupByUri, verdictWords } from './run-record.ts'
import type { StepRecord } from './run-record.ts'

/** A page with a column for each target; what is not the same on all of them, or fails, is unfolded. */
export function comparisonHtml({ scenarios, runs }: Comparison): string {
  const counts = countAgreements(scenarios)
  const kinds = agreements.filter((kind) => counts[kind] > 0)
  const badges = kinds.map((kind) => ({ kind, words: countText(kind, counts[kind], runs.length) }))
  const records = runs.flatMap(({ run }) => run.scenarios)
  const targets = runs.map(({ target }) => target)
  const durationMs = runs.reduce((sum, { run }) => sum + run.durationMs, 0)
  const hookErrors = runs.flatMap(({ target, run }) => run.hookErrors.map((message) => problemHtml(`A hook of the run on ${target} failed`, message)))
  return htmlPage({
    title: badges.map(({ words }) => words).join(', '),
    mood: moodOf(counts.differs + counts.drawn + counts.fails + hookErrors.length + (runs[0]?.run.parseErrors.length ?? 0), counts.open),
    header: badgesHtml(badges) + factsHtml(targets, records, durationMs),
    sections: [
      ...(runs[0] ? problemsHtml(runs[0].run) : []),
      ...hookErrors,
      ...[...groupByUri(scenarios)].map(([uri, those]) => featureHtml(uri, those)),
    ],
  })
}

function featureHtml(uri: string, scenarios: readonly ComparedScenario[]): string {
  const heading = `<h2>${escape(scenarios[0]?.feature ?? uri)} <small>${escape(uri)}</small></h2>`
  return `<section>${heading}${scenarios.map(scenarioHtml).join('\n')}</section>`
}

function scenarioHtml(scenario: ComparedScenario): string {
  const { agreement, rule, name, line, tags, outcomes } = scenario
  const badge = agreement === 'holds' ? '' : ` <span class="badge ${agreement}">${escape(sentenceOf(scenario))}</span>`
  const summary = `<summary class="${agreement}">${rule ? `${escape(rule)} › ` : ''}${escape(name)}${badge} <small>${[`line ${line}`, ...tags].map(escape).join(' ')}</small></summary>`
  const columns = outcomes.map(
    ({ target, scenario: own }) => `<th>${escape(target)} <small>${own ? verdictWords[own.verdict] : 'not run'}</small></th>`,
  )
  const body = [...stepRows(outcomes), reasonRow(outcomes), evidenceRow(outcomes)].join('')
  const table = `<div class="wide"><table class="compared"><thead><tr><th></th>${columns.join('')}</tr></thead><tbody>${body}</tbody></table></div>`
  return `<details${agreement === 'holds' ? '' : ' open'}>${summary}${table}</details>`
}

function stepRows(outcomes: readonly Outcome[]): string[] {
  return compareSteps(outcomes).map(({ keyword, text, argument, cells }) => {
    const below = argument.length > 0 ? `<pre class="argument">${escape(argument.join('\n'))}</pre>` : ''
    return `<tr><th><b>${escape(keyword)}</b> ${escape(text)}${below}</th>${cells.map(cellHtml).join('')}</tr>`
  })
}

function cellHtml(step: StepRecord | null): string {
  if (!step) return '<td></td>'
  const why = step.message === null ? '' : reasonHtml(step.message)
  return `<td class="${step.status}">${escape(step.status)}${why}</td>`
}

function reasonRow(outcomes: readonly Outcome[]): string {
  const reasons = outcomes.map(untoldReasons)
  if (reasons.every((told) => told.length === 0)) return ''
  const cells = reasons.map((told) => `<td>${told.length > 0 ? reasonHtml(told.join('\n')) : ''}</td>`)
  return `<tr><th>why</th>${cells.join('')}</tr>`
}

/** What each verdict rests on. */
function evidenceRow(outcomes: readonly Outcome[]): string {
  const cells = outcomes.map(({ scenario }) => `<td>${scenario ? evidenceHtml(scenario) : ''}</td>`)
  return `<tr><th>seen</th>${cells.join('')}</tr>`
}

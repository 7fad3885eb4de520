import { escapeXml as escape } from '../escape.ts'
import { badgesHtml, htmlPage, moodOf, reasonHtml, table } from '../html-page.ts'
import { groupByKey, type ScenarioVerdict, verdicts, verdictWords } from '../run-record.ts'
import { boundText } from '../terminal-text.ts'
import { ratesText, sum } from './markdown.ts'
import { matrixOf } from './matrix.ts'
import type { ConformanceReport, LevelReport, TestReport } from './report.ts'
import { profiles as profileTexts, uncountedText } from './tags.ts'

/** A page that needs nothing but itself. */
export function conformanceHtml(reports: readonly ConformanceReport[]): string {
  const count = (...wanted: readonly ScenarioVerdict[]): number =>
    reports.reduce((sum, { tests }) => sum + tests.filter(({ verdict }) => wanted.includes(verdict)).length, 0)
  const badges = verdicts.flatMap((kind) => (count(kind) > 0 ? [{ kind, words: `${count(kind)} ${verdictWords[kind]}` }] : []))
  const names = reports.map(({ implementation }) => `${implementation.project} ${implementation.version}`)
  return htmlPage({
    title: `conformance of ${names.join(', ')}`,
    mood: moodOf(count('failed', 'invalid'), count('undecided', 'not-programmed', 'interrupted') + (count('passed') > 0 ? 0 : 1)),
    header: `<p class="lead">Conformance of ${names.map((name) => `<b>${escape(name)}</b>`).join(', ')}</p>${badgesHtml(badges)}`,
    sections: [matrixHtml(reports), ...reports.map((report) => reportHtml(report, reports.length > 1))],
  })
}

function matrixHtml(reports: readonly ConformanceReport[]): string {
  const { columns, rows } = matrixOf(reports)
  const body = [...groupByKey(rows, ({ profile }) => profile)].map(([profile, those]) => {
    const heading = `<tr><th colspan="${columns.length + 1}" scope="rowgroup">${escape(profile)} <small>${escape(profileTexts[profile] ?? '')}</small></th></tr>`
    const lines = those.map(({ feature, level, cells }) => {
      const marks = cells.map(({ standing, words }) => `<td class="standing ${standing}">${escape(words)}</td>`)
      return `<tr><th scope="row">${escape(feature)}${level === 'extended' ? ' <small>extended</small>' : ''}</th>${marks.join('')}</tr>`
    })
    return `<tbody>${heading}${lines.join('')}</tbody>`
  })
  const head = `<thead><tr><th></th>${columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('')}</tr></thead>`
  return `<section><h2>Features</h2><div class="wide"><table class="matrix">${head}${body.join('')}</table></div></section>`
}

function reportHtml(report: ConformanceReport, isOneOfSeveral: boolean): string {
  const { implementation, meshspec, date, profiles, tests } = report
  const heading = isOneOfSeveral
    ? `<h2>${escape(`${meshspec.target}: ${implementation.project} ${implementation.version}`)}</h2>`
    : '<h2>The run</h2>'
  const uncounted = meshspec.uncounted ? [uncountedText(meshspec.uncounted)] : []
  const told = [...(meshspec.seed === null ? [] : [`seed ${meshspec.seed}`]), ...meshspec.notes, ...uncounted]
    .map((note) => ` · ${escape(note)}`)
    .join('')
  const facts = `<p class="facts">target ${escape(meshspec.target)} · <time datetime="${escape(date)}">${escape(date)}</time> · meshspec ${escape(meshspec.version)}${told}</p>`
  return [
    `<section>${heading}${facts}<p>${escape(ratesText(report))}</p>`,
    `<p>To see the same:</p><pre class="command">${escape(meshspec.reproduce)}</pre>`,
    `<div class="wide">${table(
      ['profile', 'core', 'extended', 'features that are supported', 'and that are not'],
      profiles.map(
        ({ name, core, extended }) =>
          `<tr><th scope="row">${escape(name)}</th><td>${levelHtml(core)}</td><td>${extended ? levelHtml(extended) : ''}</td>` +
          `<td>${escape(extended?.supportedFeatures.join(', ') ?? '')}</td><td>${escape(extended?.unsupportedFeatures.join(', ') ?? '')}</td></tr>`,
      ),
    )}</div>`,
    ...[...groupByKey(tests, ({ file }) => file)].map(([file, those]) => `<h3>${escape(file)}</h3>${those.map(testHtml).join('\n')}`),
    '</section>',
  ].join('\n')
}

function levelHtml({ result, statistics }: LevelReport): string {
  const all = sum(statistics)
  return all === 0 ? 'no tests' : `<span class="badge ${result}">${result}</span> ${statistics.Passed} of ${all}`
}

function testHtml({ name, verdict, reasons, evidence, requests, shares, line }: TestReport): string {
  const badge = verdict === 'passed' ? '' : ` <span class="badge ${verdict}">${verdictWords[verdict]}</span>`
  const why = reasons.length > 0 ? reasonHtml(reasons.join('\n')) : ''
  const seen = [countText(requests), ...evidence.map((source) => `known from ${source}`)].map(escape).join(' · ')
  const rows = shares.map(
    (share) =>
      `<tr><td>${escape(share.statement)}</td><td>${percent(share.wanted)}</td><td>${percent(share.seen)} (${share.interval.map(percent).join(' to ')})</td>` +
      `<td>${share.requests}${share.exact ? ', odds compared' : ''}</td><td>${boundText(share.falseAlarm)}</td><td>${share.miss} for ${percent(share.delta)}</td></tr>`,
  )
  const tested =
    rows.length > 0 ? `<div class="wide">${table(['statement', 'wanted', 'seen (99% interval)', 'requests', 'false alarm', 'miss'], rows)}</div>` : ''
  const isOpen = verdict !== 'passed' && verdict !== 'not-supported'
  return `<details${isOpen ? ' open' : ''}><summary class="${verdict}">${escape(name)}${badge} <small>line ${line}</small></summary>${why}<p class="facts">${seen}</p>${tested}</details>`
}

function countText(requests: number): string {
  return `${requests} request${requests === 1 ? '' : 's'}`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

import { verdictWords } from '../run-record.ts'
import { boundText } from '../terminal-text.ts'
import type { ConformanceReport, TestReport } from './report.ts'
import { uncountedText } from './tags.ts'
import { matrixOf } from './matrix.ts'

/** For a repository or a release's page. */
export function conformanceMarkdown(reports: readonly ConformanceReport[]): string {
  const parts =
    reports.length > 1 ? ['# Conformance of service meshes', matrixMarkdown(reports), ...reports.map((report) => reportMarkdown(report, '##'))] : []
  return `${(reports.length === 1 ? [reportMarkdown(reports[0]!, '#')] : parts).join('\n\n')}\n`
}

function reportMarkdown(report: ConformanceReport, heading: string): string {
  const { implementation, meshspec, date, profiles, tests } = report
  const open = tests.filter(({ verdict }) => verdict !== 'passed')
  return [
    `${heading} ${text(`${implementation.project} ${implementation.version}`)}`,
    [
      `Target ${text(meshspec.target)}, ${date}, meshspec ${text(meshspec.version)}.`,
      ...[...meshspec.notes, ...(meshspec.uncounted ? [uncountedText(meshspec.uncounted)] : [])].map((note) => `${text(note)}.`),
      ratesText(report),
    ].join('\n'),
    `To see the same: \`${meshspec.reproduce.replaceAll('`', "'")}\``,
    table(
      ['Profile', 'Core', 'Extended', 'Supported features'],
      profiles.map(({ name, core, extended }) => [
        name,
        `${core.result} (${core.statistics.Passed} of ${sum(core.statistics)})`,
        extended ? `${extended.result} (${extended.statistics.Passed} of ${sum(extended.statistics)})` : '',
        extended ? extended.supportedFeatures.join(', ') : '',
      ]),
    ),
    ...(open.length > 0 ? [`${heading}# What did not pass`, table(['Test', 'Verdict', 'Why'], open.map(openRow))] : []),
  ].join('\n\n')
}

function openRow({ name, verdict, reasons }: TestReport): string[] {
  return [name, verdictWords[verdict], reasons.join('; ')]
}

/** What the numbers mean, in a sentence. */
export function ratesText({ meshspec }: ConformanceReport): string {
  const { statements, falseAlarm, miss, delta } = meshspec.errorRates
  if (statements === 0) return `${meshspec.requests} requests; no statement was decided by a statistical test.`
  return (
    `${meshspec.requests} requests; ${statements} statements about shares. A correct mesh fails this run with probability below ${boundText(falseAlarm)}; ` +
    `a share that is ${Math.round(delta * 100)} points off is missed with at most ${boundText(miss)} each.`
  )
}

function matrixMarkdown(reports: readonly ConformanceReport[]): string {
  const { columns, rows } = matrixOf(reports)
  return table(
    ['Profile', 'Feature', ...columns],
    rows.map(({ profile, feature, level, cells }) => [
      profile,
      level === 'extended' ? `${feature} (extended)` : feature,
      ...cells.map(({ words }) => words),
    ]),
  )
}

export function sum(statistics: object): number {
  return Object.values(statistics).reduce((total: number, count: number) => total + count, 0)
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(headings.map(text)), line(headings.map(() => '---')), ...rows.map((cells) => line(cells.map(text)))].join('\n')
}

/** Of a mesh or a scenario: it is to be no markup, and no end of a cell. */
function text(value: string): string {
  return value
    .replace(/[\\`*_[\]#|~!]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\s*\r?\n\s*/g, ' ⏎ ')
}

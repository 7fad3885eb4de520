import { extname } from 'node:path'
import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { comparisonHtml } from '../reports/comparison-html.ts'
import { comparisonJson } from '../reports/comparison-json.ts'
import { comparisonJunit } from '../reports/comparison-junit.ts'
import { comparisonText } from '../reports/comparison-text.ts'
import type { Comparison } from '../reports/comparison.ts'
import { formatterUrl } from '../reports/formats.ts'
import type { FormatName } from '../reports/formats.ts'
import { makePaint } from '../reports/paint.ts'
import { jsonFile } from '../reports/json.ts'
import { writeReport } from './output/write-report.ts'

type Formats = IRunConfiguration['formats']
type Render = (comparison: Comparison) => string

/** The formats that put targets side by side, by cucumber's name for their formatter. Any other tells of one run. */
const renders: ReadonlyMap<string, Render> = new Map(
  (
    [
      ['terminal', (comparison) => `\n${comparisonText(comparison, makePaint(process.stdout.isTTY === true, process.env))}\n`],
      ['html', comparisonHtml],
      ['junit', comparisonJunit],
      ['json', (comparison) => jsonFile(comparisonJson(comparison))],
    ] satisfies [FormatName, Render][]
  ).map(([name, render]) => [formatterUrl(name as FormatName), render]),
)

/** What cucumber itself writes in the run on one target: what tells of one run, into files with the target's name in theirs. */
export function formatsOn(target: string, formats: Formats): Formats {
  const files = Object.entries(formats.files).filter(([, formatter]) => !renders.has(formatter))
  return {
    ...formats,
    stdout: renders.has(formats.stdout) ? formatterUrl('silent') : formats.stdout,
    files: Object.fromEntries(files.map(([file, formatter]) => [withName(file, target), formatter])),
  }
}

/** `out/messages.ndjson` → `out/messages.core.ndjson` */
function withName(file: string, target: string): string {
  const extension = extname(file)
  return `${file.slice(0, file.length - extension.length)}.${target}${extension}`
}

/** Writes the reports that put the targets side by side. @throws MeshSpecError REPORT_NOT_WRITTEN */
export function writeComparison(comparison: Comparison, { stdout, files }: Formats): void {
  // A formatter of somebody else's has shown each run; what differs would be seen by nobody.
  process.stdout.write((renders.get(stdout) ?? renders.get(formatterUrl('terminal'))!)(comparison))
  for (const [file, formatter] of Object.entries(files)) {
    const render = renders.get(formatter)
    if (render) writeReport(file, render(comparison))
  }
}

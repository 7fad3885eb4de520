import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { conformanceHtml } from '../../reports/conformance/html.ts'
import { conformanceMarkdown } from '../../reports/conformance/markdown.ts'
import { apiVersion } from '../../reports/conformance/report.ts'
import type { ConformanceReport, ConformanceReportList } from '../../reports/conformance/report.ts'
import { tagsOfTests, uncountedText } from '../../reports/conformance/tags.ts'
import { makeFolder } from '../../support/runs/make-folder.ts'
import { notWritten } from '../output/not-written.ts'

/** Writes `conformance.yaml`, `.json`, `.md` and `.html`. @throws MeshSpecError REPORT_NOT_WRITTEN */
export function writeConformance(reports: readonly ConformanceReport[], folder: string): void {
  const data: ConformanceReport | ConformanceReportList =
    reports.length === 1 ? reports[0]! : { apiVersion, kind: 'ConformanceReportList', items: reports }
  const files: readonly (readonly [string, () => string])[] = [
    ['conformance.yaml', () => stringify(data, { lineWidth: 0, aliasDuplicateObjects: false })],
    ['conformance.json', () => `${JSON.stringify(data, null, 2)}\n`],
    ['conformance.md', () => conformanceMarkdown(reports)],
    ['conformance.html', () => conformanceHtml(reports)],
  ]
  for (const [name, render] of files) write(join(folder, name), folder, render())
  process.stdout.write(`\n${reports.flatMap(summaryLines).join('\n')}\n${files.map(([name]) => join(folder, name)).join(' ')}\n`)
}

function write(file: string, folder: string, text: string): void {
  try {
    makeFolder(folder)
    writeFileSync(file, text)
  } catch (error) {
    throw notWritten([file], error, '--out DIR')
  }
}

function summaryLines({ implementation, meshspec, profiles }: ConformanceReport): string[] {
  return [
    `${implementation.project} ${implementation.version}, target ${meshspec.target}`,
    ...profiles.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`),
    ...(meshspec.uncounted ? [`  ${uncountedText(meshspec.uncounted)}: ${tagsOfTests}`] : []),
  ]
}

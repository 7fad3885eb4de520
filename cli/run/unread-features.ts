import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { formatterUrl, type FormatName } from '../../reports/formats.ts'
import { htmlReport } from '../../reports/html.ts'
import { jsonFile, jsonReport } from '../../reports/json.ts'
import { junitReport } from '../../reports/junit.ts'
import type { RunRecord } from '../../reports/run-record.ts'
import { writeReport } from '../output/write-report.ts'

const reports: ReadonlyMap<string, (run: RunRecord) => string> = new Map(
  (
    [
      ['html', htmlReport],
      ['junit', junitReport],
      ['json', (run) => jsonFile(jsonReport(run))],
    ] satisfies [FormatName, (run: RunRecord) => string][]
  ).map(([name, report]) => [formatterUrl(name as FormatName), report]),
)

/**
 * Where a feature cannot be read, cucumber closes the files of reports before their formatters write. Source: @cucumber/cucumber `lib/api/run_cucumber.js`.
 * @throws MeshSpecError REPORT_NOT_WRITTEN
 */
export function reportUnreadFeatures(run: RunRecord, { files }: IRunConfiguration['formats']): void {
  if (run.parseErrors.length === 0) return
  for (const [file, formatter] of Object.entries(files)) {
    const report = reports.get(formatter)
    if (report) writeReport(file, report(run))
  }
}

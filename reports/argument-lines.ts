import type { PickleStepArgument } from '@cucumber/messages'

/** The table or doc string below a step, as lines of text. */
export function argumentLines(argument: PickleStepArgument | undefined): string[] {
  if (argument?.docString) return ['"""', ...argument.docString.content.split('\n'), '"""']
  if (!argument?.dataTable) return []
  const rows = argument.dataTable.rows.map((row) => row.cells.map((cell) => asWritten(cell.value)))
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
}

/** As a cell stands in a feature. Source: Gherkin, "Table Cell Escaping". */
function asWritten(cell: string): string {
  return cell.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n')
}

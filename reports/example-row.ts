import type { Scenario, TableRow } from '@cucumber/messages'

/** A row of an outline's examples whose scenario has the name of another row's. */
export interface ExampleRow {
  /** Among all rows of the outline, from 1. */
  readonly number: number
  /** What its name does not tell: `path /a, version v1`. */
  readonly values: string
}

const longestValue = 30
const longest = 80

/** By the id of the row; empty where the names tell all rows apart. */
export function examplesAlike({ name, examples }: Scenario): ReadonlyMap<string, ExampleRow> {
  const rows = examples.flatMap(({ tableHeader, tableBody }) => {
    const columns = tableHeader?.cells.map(({ value }) => value) ?? []
    return tableBody.map((row) => ({ row, columns, name: filled(name, columns, row) }))
  })
  if (rows.length === new Set(rows.map((row) => row.name)).size) return new Map()
  const told = rows.map(({ row, columns }) => valuesOf(name, columns, row))
  return new Map(rows.map(({ row }, i) => [row.id, { number: i + 1, values: told.indexOf(told[i]!) === told.lastIndexOf(told[i]!) ? told[i]! : '' }]))
}

/** `The API is rewritten (path /a, version v1)`. @param hides values are not to be told */
export function nameWithExample(name: string, row: ExampleRow | null, hides: boolean): string {
  if (row === null) return name
  return `${name} (${hides || row.values === '' ? `example ${row.number}` : row.values})`
}

function filled(name: string, columns: readonly string[], { cells }: TableRow): string {
  return columns.reduce((text, column, i) => text.replaceAll(`<${column}>`, cells[i]?.value ?? ''), name)
}

function valuesOf(name: string, columns: readonly string[], { cells }: TableRow): string {
  const values = columns.flatMap((column, i) =>
    name.includes(`<${column}>`) ? [] : [`${column} ${shortened(cells[i]?.value || '""', longestValue)}`],
  )
  return shortened(values.join(', ').replaceAll('\n', ' '), longest)
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

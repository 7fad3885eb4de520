import { StatementFailed } from './failure.ts'

/** What may stand below a sentence is no part of it, so cucumber takes the sentence with anything there, or nothing. */

/** @param table as cucumber hands it on. @throws StatementFailed for what is no table */
export function rowsOf(table: unknown): readonly (readonly string[])[] {
  if (isTable(table)) return table.raw()
  throw new StatementFailed('a table belongs below this sentence, such as | x-user | jason |')
}

/** By the names in the first row. @throws StatementFailed for what is no table */
export function recordsOf(table: unknown): Record<string, string>[] {
  const [names = [], ...rows] = rowsOf(table)
  return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])))
}

/** @param text as cucumber hands it on. @throws StatementFailed for what is no doc string */
export function textOf(text: unknown): string {
  if (typeof text === 'string') return text
  throw new StatementFailed('a text belongs below this sentence, between two lines of """')
}

interface Table {
  raw(): readonly (readonly string[])[]
}

function isTable(value: unknown): value is Table {
  return typeof (value as { readonly raw?: unknown } | null)?.raw === 'function'
}

/**
 * A step whose sentence lacks what belongs below it gets cucumber's function to call back in its place: one that answers with a promise never wants that.
 * @throws StatementFailed
 */
export function assertSomethingBelow(definition: (...args: never) => unknown, args: readonly unknown[]): void {
  const isTaken = definition.length >= args.length && typeof args.at(-1) === 'function'
  if (isTaken && definition.constructor.name === 'AsyncFunction')
    throw new StatementFailed('something is missing below this sentence: a table, or a text between two lines of """')
}

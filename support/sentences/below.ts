import type { DataTable } from '@cucumber/cucumber'
import { StatementFailed } from '../verdicts/failure.ts'

/** What may stand below a sentence is no part of it, so cucumber takes the sentence with anything there, or nothing. */

/** @param table as cucumber hands it on. @throws StatementFailed for what is no table */
export function rowsOf(table: unknown): readonly (readonly string[])[] {
  return asTable(table).raw()
}

/** By the names in the first row. @throws StatementFailed for what is no table */
export function recordsOf(table: unknown): Record<string, string>[] {
  return asTable(table).hashes()
}

/** @param text as cucumber hands it on. @throws StatementFailed for what is no doc string */
export function textOf(text: unknown): string {
  if (typeof text === 'string') return text
  throw new StatementFailed('a text belongs below this sentence, between two lines of """')
}

function asTable(value: unknown): Pick<DataTable, 'raw' | 'hashes'> {
  if (typeof (value as Partial<DataTable> | null)?.raw === 'function') return value as DataTable
  throw new StatementFailed('a table belongs below this sentence, such as | x-user | jason |')
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

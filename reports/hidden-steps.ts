import type { PickleStepArgument } from '@cucumber/messages'
import { hidden, isPlainHeader, withoutSecretData, withoutTokens } from '../support/runs/secrets.ts'

/** Of the steps whose table has names of headers and their values. */
const hasHeaders = /\bheaders:$/
/** `the response header "set-cookie" is "session=1f2e"` */
const saysHeader = /(\bheader "([^"]*)" is ")([^"]*)(")/g

interface Cell {
  readonly value: string
}

/** The sentence as it may be shown: without values of headers that may hold a secret, and without tokens. */
export function shownSentence(text: string): string {
  return withoutTokens(text).replace(saysHeader, (whole: string, before: string, name: string, _value: string, after: string) =>
    isPlainHeader(name) ? whole : `${before}${hidden}${after}`,
  )
}

/** A step's text of several lines as it may be shown: config, bodies. */
export function shownText(content: string): string {
  return withoutTokens(withoutSecretData(content))
}

/** The rows of a step's table as they may be shown. @param hide makes a cell one that says nothing */
export function shownRows<C extends Cell, R extends { readonly cells: readonly C[] }>(
  sentence: string,
  rows: readonly R[],
  hide: (cell: C) => C,
): readonly R[] {
  const shown = (cell: C): C => (withoutTokens(cell.value) === cell.value ? cell : hide(cell))
  return rows.map((row) => {
    const [name, ...values] = row.cells
    const isOpen = !hasHeaders.test(sentence) || isPlainHeader(name?.value ?? '')
    return { ...row, cells: [...(name ? [shown(name)] : []), ...values.map(isOpen ? shown : hide)] }
  })
}

/** A step's table or text as it may be shown. */
export function shownArgument(sentence: string, argument: PickleStepArgument | undefined): PickleStepArgument | undefined {
  const { docString, dataTable } = argument ?? {}
  if (docString) return { docString: { ...docString, content: shownText(docString.content) } }
  if (!dataTable) return argument
  return { dataTable: { rows: [...shownRows(sentence, dataTable.rows, (cell) => ({ ...cell, value: hidden }))] } }
}

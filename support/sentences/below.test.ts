import { DataTable } from '@cucumber/cucumber'
import { describe, expect, test } from 'vitest'
import { assertSomethingBelow, recordsOf, rowsOf, textOf } from './below.ts'

const rows = [
  ['name', 'ready'],
  ['shop', '2/2'],
]
const table = new DataTable(rows)
const callback = (): void => {}

test('rows and records of a table', () => {
  expect(rowsOf(table)).toEqual(rows)
  expect(recordsOf(table)).toEqual([{ name: 'shop', ready: '2/2' }])
})

test.each([['text'], [callback], [null], [undefined]])('%s is no table', (value) => {
  expect(() => rowsOf(value)).toThrow('a table belongs below this sentence')
  expect(() => recordsOf(value)).toThrow('a table belongs below this sentence')
})

test('a text, which may be empty', () => expect(['a', ''].map(textOf)).toEqual(['a', '']))

test.each([[table], [callback], [undefined]])('%s is no text', (value) => expect(() => textOf(value)).toThrow('a text belongs below this sentence'))

describe('of a step that gets', () => {
  const waits = async (_name: string, _table: unknown): Promise<void> => {}
  const callsBack = (_name: string, done: unknown): unknown => done

  test('a function in place of a table something is missing', () => {
    expect(() => assertSomethingBelow(waits, ['shop', callback])).toThrow('something is missing below this sentence')
  })

  test('its table, and the function that it takes no notice of, nothing is', () => {
    expect(() => assertSomethingBelow(waits, ['shop', table, callback])).not.toThrow()
  })

  test('the function that it calls back, nothing is', () => expect(() => assertSomethingBelow(callsBack, ['shop', callback])).not.toThrow())
})

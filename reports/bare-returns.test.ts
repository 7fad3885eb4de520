import type { Feature } from '@cucumber/messages'
import { expect, test } from 'vitest'
import { bareReturn } from './bare-returns.ts'

const lines = [
  'Feature: Shop',
  '',
  '  Scenario: S',
  '    Given the config:',
  '      """',
  '      a: 1',
  '      """',
  '    Then the config is accepted',
  '',
]

const cases: { what: string; source: string; place: string | null }[] = [
  { what: 'line feeds', source: lines.join('\n'), place: null },
  { what: 'both', source: lines.join('\r\n'), place: null },
  { what: 'carriage returns', source: lines.join('\r'), place: '1:14' },
  { what: 'one of them', source: lines.join('\n').replace('S\n', 'S\r'), place: '3:14' },
  { what: 'one within a doc string', source: lines.join('\n').replace('a: 1', 'a\r: 1'), place: null },
  { what: 'one at the end of the file', source: `${lines.join('\n')}\r`, place: null },
  { what: 'one of the line that ends a doc string', source: lines.join('\n').replace('"""\n    Then', '"""\r    Then'), place: '7:10' },
]

test.each(cases)('a feature whose lines end in $what', ({ source, place }) => {
  const told = bareReturn({ name: 'Shop' } as Feature, 'shop.feature', source)
  expect(told?.step.message ?? null).toEqual(place === null ? null : expect.stringContaining(`shop.feature:${place} LINE_END`))
})

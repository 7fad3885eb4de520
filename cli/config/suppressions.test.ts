import { expect, test } from 'vitest'
import type { Finding } from '../findings/finding.ts'
import { Suppressions } from './suppressions.ts'

test('codes that no finding has are told', () => {
  const { unknown } = new Suppressions(['IST0101', 'IST9999=Service default/*', 'PREFIX_TAKES_MORE', 'INVALID_WEIGHT', 'PREFX_TAKES_MORE'])
  expect(unknown).toEqual(['IST9999', 'PREFX_TAKES_MORE'])
})

test.each([
  ['IST0101', 'Service default/a', true],
  ['IST0102', 'Service default/a', false],
  ['IST0101=Service default/a', 'Service default/a', true],
  ['IST0101=Service default/a', 'Service default/ab', false],
  ['IST0101=Service default/*', 'Service default/ab', true],
  ['IST0101=Service default/*', 'Service prod/ab', false],
  ['IST0101=*/a', 'Service default/a', true],
  ['IST0101=Service *-*-v1', 'Service default/a-b-v1', true],
  // What stands at the end is no part of the middle, too.
  ['IST0101=Service *-v1-*-v1', 'Service default/a-v1-v1', false],
  ['IST0101=Service *-v1*-v1', 'Service default/a-v1', false],
  ['IST0101=Service *-v1*-v1', 'Service default/a-v1-v1', true],
])('%s of %s', (text, resource, isCovered) => {
  const finding = { code: 'IST0101', resource } as Finding
  expect(new Suppressions([text]).cover(finding)).toBe(isCovered)
})

import { expect, test } from 'vitest'
import { Suppressions } from './suppressions.ts'

test('codes that no finding has are told', () => {
  const { unknown } = new Suppressions(['IST0101', 'IST9999=Service default/*', 'PREFIX_TAKES_MORE', 'INVALID_WEIGHT', 'PREFX_TAKES_MORE'])
  expect(unknown).toEqual(['IST9999', 'PREFX_TAKES_MORE'])
})

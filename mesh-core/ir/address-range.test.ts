import { expect, test } from 'vitest'
import { networkOf, prefixLength } from './address-range.ts'

test.each([
  ['192.0.2.0/28', '192.0.2.15', 28],
  ['192.0.2.0/28', '192.0.2.16', -1],
  ['10.0.0.0/8', '10.255.0.1', 8],
  ['0.0.0.0/0', '203.0.113.1', 0],
  ['192.0.2.7', '192.0.2.7', 32],
  ['192.0.2.7', '192.0.2.8', -1],
  ['2001:db8::/32', '2001:db8:1::5', 32],
  ['2001:db8::/32', '2001:db9::5', -1],
  ['2001:db8::/32', '192.0.2.1', -1],
  ['192.0.2.0/28', 'not an address', -1],
])('%s and %s have %i bits in common', (range, address, length) => {
  expect(prefixLength(range, address)).toBe(length)
})

test.each([
  ['192.0.2.1/24', '192.0.2.2/24', true],
  ['192.0.2.1/24', '192.0.2.1/25', false],
  ['192.0.2.1', '192.0.2.1/32', true],
  ['2001:db8::1/32', '2001:db8:1::/32', true],
  ['0.0.0.0/32', '::/32', false],
])('%s and %s stand for the same: %s', (one, other, same) => expect(networkOf(one) === networkOf(other)).toBe(same))

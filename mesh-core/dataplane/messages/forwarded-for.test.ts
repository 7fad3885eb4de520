import { expect, test } from 'vitest'
import { Headers } from '../../ir/message.ts'
import { trustedAddress } from './forwarded-for.ts'

const cases: readonly [forwardedFor: string | null, trustedProxies: number, address: string | null][] = [
  [null, 1, null],
  ['1.1.1.1', 0, null],
  ['1.1.1.1', 1, '1.1.1.1'],
  ['1.1.1.1', 2, null],
  ['1.1.1.1, 2.2.2.2', 1, '2.2.2.2'],
  ['1.1.1.1, 2.2.2.2', 2, '1.1.1.1'],
  ['1.1.1.1, junk', 1, null],
  ['1.1.1.1, junk', 2, '1.1.1.1'],
  ['8.8.8.8:80', 1, null],
  ['8.8.8.256', 1, null],
  ['8.8.8', 1, null],
  ['10.1.1.1', 1, '10.1.1.1'],
  ['2001:DB8:0::1, fd00::1', 2, '2001:db8::1'],
  ['[fd00::1]', 1, null],
  ['fd00::1::2', 1, null],
]

for (const [forwardedFor, trustedProxies, address] of cases)
  test(`${forwardedFor} behind ${trustedProxies}: ${address}`, () => {
    const headers = new Headers()
    if (forwardedFor !== null) headers.set('x-forwarded-for', forwardedFor)
    expect(trustedAddress(headers, trustedProxies)).toBe(address)
  })

import { expect, test } from 'vitest'
import type { FilterChain, Listener } from '../../../mesh-core/ir/proxy-config.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Journal } from './journal.ts'
import { unseenLimit } from './unseen-limits.ts'

const journal = { calls: [{ proxy: { name: 'a' } as unknown as WorkloadInstance }] } as unknown as Journal
const chain = (limits: FilterChain['limits']): FilterChain => ({ limits }) as FilterChain
const listener = (first: FilterChain, last: FilterChain | null): Listener =>
  ({ filterChains: [first], defaultFilterChain: last }) as unknown as Listener
const limited = chain([{ most: 1, delayMs: 0 }])

test.each([
  ['one', listener(limited, null), true],
  ['the last', listener(chain([]), limited), true],
  ['none', listener(chain([]), null), false],
])('of the chains of a listener %s limits connections', (_, one, isUnseen) => {
  expect(unseenLimit(journal, () => ({ listeners: [one] })) !== null).toBe(isUnseen)
})

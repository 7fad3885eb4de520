import { expect, test } from 'vitest'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { unknownHop } from '../targets/cluster/unknown-hop.ts'
import type { CheckContext } from './check.ts'
import { received } from './received.ts'

const context = { capabilities: new Set(['path', 'received']), locate: () => ({ file: '', position: null }), behind: null } as unknown as CheckContext
const guard = { name: 'guard', namespace: null, version: null }
const hop = {
  ...unknownHop,
  service: 'guard',
  to: { name: 'guard', namespace: 'default', instance: 'guard-1' },
  app: 'guard',
  version: null,
  attempt: 1,
  mirrored: false,
}
const exchange = (hops: readonly object[], reason: string | null): Exchange => ({ hops, untold: () => reason }) as unknown as Exchange
const reason = 'questions have no id'

test.each([
  ['what nobody tells is not counted', [exchange([], reason)], 0, reason],
  ['nor is it, where some of it is told', [exchange([hop], reason), exchange([], null)], 1, reason],
])('%s', (_, exchanges, wanted, told) => expect(() => received(guard, wanted)(exchanges, context)).toThrow(told))

test('it has surely received what is told', () => {
  expect(received(guard, 0)([exchange([hop], reason)], context)).toContain('guard received 1 ')
  expect(received(guard, 1)([exchange([hop], null)], context)).toBeUndefined()
})

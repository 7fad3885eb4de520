import { beforeEach, describe, expect, test } from 'vitest'
import type { ConnectionLimits } from '../../ir/cluster.ts'
import { freshPool } from '../upstream/connection-pool.ts'
import { HeldConnections } from './held-connections.ts'
import type { Sender } from './held-connections.ts'

const limits: ConnectionLimits = {
  circuitBreaker: { maxConnections: 9, maxPendingRequests: 9, maxRequests: 9, maxRetries: 9, retryBudget: null },
  maxRequestsPerConnection: null,
  idleTimeoutMs: 1000,
  maxConnectionDurationMs: null,
  maxConcurrentStreams: null,
}
const sender = (own: Partial<ConnectionLimits> = {}): Sender => ({ pool: freshPool(), limits: { ...limits, ...own } })

describe('a connection that its sender keeps', () => {
  let closed = 0
  let held: HeldConnections
  beforeEach(() => {
    closed = 0
    held = new HeldConnections(() => closed++)
  })

  test('takes the next request of the sender, and of nobody else', () => {
    const one = sender()
    const first = held.add(one, 0)
    held.leave(one, first, 10, true)
    expect(held.take(sender(), false)).toBeUndefined()
    expect(held.take(one, false)).toBe(first)
    expect(held.take(one, false)).toBeUndefined()
    expect(closed).toBe(0)
  })

  test('takes several at once where it is HTTP/2', () => {
    const one = sender()
    const first = held.add(one, 0)
    expect(held.take(one, true)).toBe(first)
  })

  test('is closed when it has not been used for so long, and not before', () => {
    const one = sender()
    held.leave(one, held.add(one, 0), 500, true)
    held.closeIdle(1499)
    expect(closed).toBe(0)
    held.closeIdle(1500)
    expect(closed).toBe(1)
    expect(held.take(one, false)).toBeUndefined()
  })

  test('stays while a request is on it', () => {
    held.add(sender(), 0)
    held.closeIdle(5000)
    expect(closed).toBe(0)
  })

  test.each<[about: string, own: Partial<ConnectionLimits>, isKept: boolean]>([
    ['when its request was not answered', {}, false],
    ['when it has carried all that it may', { maxRequestsPerConnection: 1 }, true],
  ])('is closed %s', (_, own, isKept) => {
    const one = sender(own)
    held.leave(one, held.add(one, 0), 10, isKept)
    expect(closed).toBe(1)
  })

  test('is closed when it is too old', () => {
    const one = sender({ maxConnectionDurationMs: 200 })
    held.leave(one, held.add(one, 0), 100, true)
    held.closeIdle(200)
    expect(closed).toBe(1)
  })
})

import { expect, test } from 'vitest'
import type { ConnectionLimits } from '../../ir/cluster.ts'
import { freshPool, opensFor } from './connection-pool.ts'

const limits = { idleTimeoutMs: 100, maxRequestsPerConnection: null, maxConnectionDurationMs: null } as ConnectionLimits

const opened = (limit: Partial<ConnectionLimits>, timesMs: readonly number[], streams = 0): readonly boolean[] => {
  const pool = { ...freshPool(), streams }
  return timesMs.map((now) => opensFor(pool, { ...limits, ...limit }, now))
}

test('the first request opens the connection of HTTP/2', () => expect(opened({}, [0, 1, 100])).toEqual([true, false, false]))
test('one that was idle is opened anew', () => expect(opened({}, [0, 100, 101])).toEqual([true, true, false]))
test('one that carries something is not idle', () => expect(opened({}, [0, 100], 1)).toEqual([true, false]))
test('one that is used up is opened anew', () => expect(opened({ maxRequestsPerConnection: 2 }, [0, 1, 2])).toEqual([true, false, true]))
test('one that is old is opened anew', () => expect(opened({ maxConnectionDurationMs: 50 }, [0, 49, 50])).toEqual([true, false, true]))

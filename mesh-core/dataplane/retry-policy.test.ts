import { describe, expect, test } from 'vitest'

import { Headers } from '../ir/message.ts'
import type { RetryPolicy } from '../ir/route.ts'
import { SeededRandom } from '../time/seeded-random.ts'
import { backOffMs, compileRetry } from './retry-policy.ts'
import type { Reset } from './retry-policy.ts'

function policy(retryOn: string[], retriableStatusCodes: number[] = []): RetryPolicy {
  const backOff = { baseMs: 25, maxMs: 250 }
  return { numRetries: 2, retryOn, retriableStatusCodes, perTryTimeoutMs: null, backOff, hostSelectionAttempts: 0 }
}

const istioDefault = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes']

describe('statuses', () => {
  test.each<[string[], number[], number[], number[]]>([
    [['5xx'], [], [500, 503, 599], [404, 409, 200]],
    [['gateway-error'], [], [502, 503, 504], [500, 505]],
    [['retriable-4xx'], [], [409], [400, 429, 503]],
    [['retriable-status-codes'], [404], [404], [503]],
    [['connect-failure'], [404], [], [404, 503]], // codes count only with their condition
    [istioDefault, [], [], [500, 503]],
  ])('%j with codes %j retries %j and not %j', (retryOn, codes, retried, passed) => {
    const conditions = compileRetry(policy(retryOn, codes))!
    const retries = (status: number) => conditions.retriesAnswer({ status, headers: new Headers(), body: '' })
    expect(retried.filter(retries)).toEqual(retried)
    expect(passed.filter(retries)).toEqual([])
  })

  test('a gRPC status is looked at where its condition is named', () => {
    const unavailable = { status: 200, headers: new Headers(['grpc-status', '14']), body: '' }
    expect(compileRetry(policy(istioDefault))!.retriesAnswer(unavailable)).toBe(true)
    expect(compileRetry(policy(['5xx']))!.retriesAnswer(unavailable)).toBe(false)
  })
})

describe('resets', () => {
  const all: Reset[] = ['connect-failure', 'closed', 'per-try-timeout', 'overflow']
  test.each<[string[], Reset[]]>([
    [istioDefault, ['connect-failure']],
    [['5xx'], ['connect-failure', 'closed', 'per-try-timeout']],
    [['gateway-error'], ['connect-failure', 'closed', 'per-try-timeout']],
    [['reset'], ['connect-failure', 'closed', 'per-try-timeout']],
    [['reset-before-request'], ['connect-failure']],
    [['retriable-status-codes'], []],
  ])('%j retries after %j alone', (retryOn, retried) => expect(all.filter(compileRetry(policy(retryOn, [503]))!.retriesReset)).toEqual(retried))
})

test('no retries are no policy', () => {
  expect([compileRetry(null), compileRetry({ ...policy(['5xx']), numRetries: 0 })]).toEqual([null, null])
})

test('pauses are whole milliseconds below a bound that doubles up to the maximum', () => {
  const random = new SeededRandom(1)
  const longest = [1, 2, 3, 4, 5, 6].map((retry) => Math.max(...Array.from({ length: 3000 }, () => backOffMs(policy(['5xx']), retry, random))))
  expect(longest).toEqual([24, 49, 99, 199, 249, 249])
})

import { describe, expect, test } from 'vitest'

import { Headers } from '../../ir/message.ts'
import type { RetryPolicy } from '../../ir/route.ts'
import { SeededRandom } from '../../time/seeded-random.ts'
import { backOffMs, compileRetry, takeRetry } from './retry-policy.ts'
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
    const retries = (status: number) => conditions.retriesAnswer({ status, headers: new Headers(), body: '' }, false)
    expect(retried.filter(retries)).toEqual(retried)
    expect(passed.filter(retries)).toEqual([])
  })

  test('a gRPC status is looked at where its condition is named', () => {
    const unavailable = { status: 200, headers: new Headers(['grpc-status', '14']), body: '' }
    expect(compileRetry(policy(istioDefault))!.retriesAnswer(unavailable, false)).toBe(true)
    expect(compileRetry(policy(['5xx']))!.retriesAnswer(unavailable, false)).toBe(false)
  })

  test.each<[string[], boolean]>([
    [['5xx', 'retriable-status-codes'], false],
    [['envoy-ratelimited'], true],
  ])('what a limit of rates refused is retried by %j: %s', (retryOn, retried) => {
    const limited = { status: 503, headers: new Headers(['x-envoy-ratelimited', 'true']), body: '' }
    expect(compileRetry(policy(retryOn, [503]))!.retriesAnswer(limited, false)).toBe(retried)
  })

  test('a sender that has to be told that it is too early is', () => {
    const tooEarly = { status: 425, headers: new Headers(), body: '' }
    const conditions = compileRetry(policy(['retriable-status-codes'], [425]))!
    expect([false, true].map((early) => conditions.retriesAnswer(tooEarly, early))).toEqual([true, false])
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

describe('what a route writes into a request', () => {
  const answer = (status: number, fields: string[] = []) => ({ status, headers: new Headers(fields), body: '' })

  test('adds to its policy, and goes no further', () => {
    const headers = new Headers(['x-envoy-retry-on', '5xx', 'x-envoy-max-retries', '7', 'x', '1'])
    const retry = takeRetry(compileRetry(policy(istioDefault)), headers)!
    expect([retry.policy.numRetries, retry.retriesAnswer(answer(500), false), retry.retriesReset('connect-failure')]).toEqual([7, true, true])
    expect(headers.fields).toEqual(['x', '1'])
  })

  test('is the policy where it has none: one more try', () => {
    const retry = takeRetry(null, new Headers(['x-envoy-retry-on', 'gateway-error']))!
    expect([retry.policy.numRetries, retry.retriesAnswer(answer(503), false), retry.retriesAnswer(answer(500), false)]).toEqual([1, true, false])
    expect(takeRetry(null, new Headers(['x-envoy-max-retries', '3']))).toBeNull()
  })

  test('may name headers of answers', () => {
    const retry = takeRetry(null, new Headers(['x-envoy-retry-on', 'retriable-headers', 'x-envoy-retriable-header-names', 'x-a, x-b']))!
    expect([retry.retriesAnswer(answer(200, ['x-b', '1']), false), retry.retriesAnswer(answer(200), false)]).toEqual([true, false])
  })
})

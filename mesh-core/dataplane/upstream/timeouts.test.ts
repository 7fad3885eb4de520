import { expect, test } from 'vitest'

import { Headers } from '../../ir/message.ts'
import type { ForwardAction } from '../../ir/route.ts'
import { expectedTimeout, timeoutsOf } from './timeouts.ts'

const action = (timeoutMs: number | null, perTryTimeoutMs: number | null) => ({ timeoutMs, retry: { perTryTimeoutMs } }) as unknown as ForwardAction
const request = (...fields: string[]) => ({
  method: 'POST',
  scheme: 'http' as const,
  authority: 'b',
  path: '/',
  headers: new Headers(fields),
  body: '',
})
const grpc = ['content-type', 'application/grpc']

test.each<[number | null, number | null, string[], { total: number; perTry: number }]>([
  [null, null, [], { total: 0, perTry: 0 }],
  [400, 150, [], { total: 400, perTry: 150 }],
  [200, 1000, [], { total: 200, perTry: 0 }], // a try can not last longer than all of them
  [2000, null, [...grpc, 'grpc-timeout', '100m'], { total: 100, perTry: 0 }],
  [50, null, [...grpc, 'grpc-timeout', '100m'], { total: 50, perTry: 0 }],
  [null, null, [...grpc, 'grpc-timeout', '2S'], { total: 2000, perTry: 0 }],
  [null, null, [...grpc, 'grpc-timeout', '1u'], { total: 1, perTry: 0 }],
  [2000, null, [...grpc, 'grpc-timeout', 'soon'], { total: 2000, perTry: 0 }],
  [2000, null, ['grpc-timeout', '100m'], { total: 2000, perTry: 0 }], // not a gRPC request
])('route %j, try %j, headers %j: %o', (total, perTry, fields, timeouts) => {
  expect(timeoutsOf(action(total, perTry), request(...fields))).toEqual(timeouts)
})

test.each<[string[], { total: number; perTry: number }]>([
  [['x-envoy-upstream-rq-timeout-ms', '42'], { total: 42, perTry: 0 }],
  [['x-envoy-upstream-rq-per-try-timeout-ms', '42'], { total: 300, perTry: 42 }],
  [['x-envoy-upstream-rq-timeout-ms', 'soon'], { total: 300, perTry: 150 }],
])('a filter has written %j: %o', (fields, timeouts) => {
  const written = request(...fields)
  expect(timeoutsOf(action(300, 150), request(...fields))).toEqual({ total: 300, perTry: 150 })
  expect(timeoutsOf(action(300, 150), written, true)).toEqual(timeouts)
  expect(written.headers.fields).toEqual([])
})

test.each([
  [{ total: 0, perTry: 0 }, 0, 0],
  [{ total: 400, perTry: 150 }, 0, 150],
  [{ total: 400, perTry: 150 }, 350, 50],
  [{ total: 400, perTry: 0 }, 100.7, 300],
  [{ total: 400, perTry: 150 }, 500, 1],
  [{ total: 0, perTry: 150 }, 500, 150],
])('of %o, %d ms in, the workload is told %d', (timeouts, elapsed, told) => expect(expectedTimeout(timeouts, elapsed)).toBe(told))

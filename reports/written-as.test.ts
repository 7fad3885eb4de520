import { expect, test } from 'vitest'
import { writtenAs } from './written-as.ts'

test('each parameter of the sentences is told once, and those that explain themselves are not', () => {
  const sentences = [
    '{service} answers the gRPC status {grpcStatus}',
    '{service} answers {int}',
    '{service} answers the gRPC status {grpcStatus} to the first {requests}',
  ]
  expect(writtenAs(sentences)).toEqual([
    '{service}: reviews or reviews:v2, without quotes',
    '{grpcStatus}: UNAVAILABLE, the name in capitals',
    '{requests}: 1 request or 3 requests',
  ])
})

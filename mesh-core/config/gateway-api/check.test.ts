import { expect, test } from 'vitest'
import { checkGatewayApi } from './check.ts'

function problems(spec: object): readonly string[] {
  const found: string[] = []
  checkGatewayApi({ spec }, 'gateway.networking.k8s.io/v1', 'HTTPRoute', ({ path, problem }) => void found.push(`${path.join('.')}: ${problem}`))
  return found
}

test('what may occur once in a list', () => {
  expect(problems({ rules: [{ retry: { codes: [500, 503] } }] })).toEqual([])
  expect(problems({ rules: [{ retry: { codes: [500, 503, 500] } }] })).toEqual(['spec.rules.0.retry.codes: 500 occurs twice'])
})

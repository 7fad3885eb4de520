import { expect, test } from 'vitest'
import { checkGatewayApi } from './check.ts'
import { withoutDefaultedNulls } from './defaulted-nulls.ts'

function problems(spec: object): readonly string[] {
  const found: string[] = []
  checkGatewayApi({ spec }, 'gateway.networking.k8s.io/v1', 'HTTPRoute', ({ path, problem }) => void found.push(`${path.join('.')}: ${problem}`))
  return found
}

test('what may occur once in a list', () => {
  expect(problems({ rules: [{ retry: { codes: [500, 503] } }] })).toEqual([])
  expect(problems({ rules: [{ retry: { codes: [500, 503, 500] } }] })).toEqual(['spec.rules.0.retry.codes: 500 occurs twice'])
})

const paths = ['{"spec":{"rules":[{"matches":null}]}}', '{"spec":{"rules":[{"name":"a","matches":[{"path":{"type":null,"value":"/"}}]}]}}']
test.each(paths)('a null where there is a default is not there: %s', (text) => {
  const object: unknown = JSON.parse(text)
  expect(JSON.stringify(withoutDefaultedNulls(object, 'gateway.networking.k8s.io/v1', 'HTTPRoute'))).not.toContain('null')
  expect(withoutDefaultedNulls(object, 'networking.istio.io/v1', 'Gateway')).toBe(object)
})

test('any other null stays', () => {
  const object = { spec: { hostnames: null, rules: [{ backendRefs: [{ name: 'b', port: null }] }] } }
  expect(withoutDefaultedNulls(object, 'gateway.networking.k8s.io/v1', 'HTTPRoute')).toBe(object)
})

import { expect, test } from 'vitest'
import { routingClaim } from '../../config/istio/matching.ts'
import { envoyRefusal } from './envoy-refusal.ts'
import { builtIn } from '../origin.ts'
import { isCatchAll, routeMatch } from './route-match.ts'

test.each([
  ['@request.auth.claims.sub', ['sub']],
  ['@request.auth.claims.a.b', ['a', 'b']],
  ['@request.auth.claims[a.b][c]', ['a.b', 'c']],
  ['@Request.Auth.Claims.sub', ['sub']],
  ['@request.auth.claims', null],
  ['@request.auth.claims.', null],
  ['@request.auth.claims[]', null],
  ['x-claims', null],
])('%s', (header, claim) => {
  expect(routingClaim(header)).toEqual(claim)
})

test('claims stand beside headers, and a rule with one is no rule for everything', () => {
  const match = routeMatch(
    { headers: { '@request.auth.claims.a': { exact: 'x' }, h: { exact: 'y' } }, withoutHeaders: { '@request.auth.claims[b]': { regex: 'z.*' } } },
    builtIn('test'),
    'istio',
  )
  expect(match.headers.map(({ name }) => name)).toEqual(['h'])
  expect(match.claims).toMatchObject([
    { claim: ['a'], match: { kind: 'exact', value: 'x' }, invert: false },
    { claim: ['b'], match: { kind: 'regex', pattern: 'z.*' }, invert: true },
  ])
  expect(isCatchAll(routeMatch({ headers: { '@request.auth.claims.a': { exact: 'x' } } }, builtIn('test'), 'istio'))).toBe(false)
})

test('Envoy refuses a claim without a value', () => {
  expect(envoyRefusal({ match: [{ headers: { '@request.auth.claims.a': {} } }] })?.reason).toContain('request.auth.claims.a has no value')
  expect(envoyRefusal({ match: [{ headers: { '@request.auth.claims.a': { exact: 'x' }, h: {} } }] })).toBeNull()
})

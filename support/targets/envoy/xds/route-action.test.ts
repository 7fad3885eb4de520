import { expect, test } from 'vitest'
import type { ForwardAction, RedirectAction } from '../../../../mesh-core/ir/route.ts'
import { asIstiodSends } from './as-istiod-sends.ts'
import { routeAction } from './route-action.ts'

const redirect: RedirectAction = { kind: 'redirect', status: 308, scheme: null, host: null, port: null, path: null }

test('a redirect has its code by name; a code that Envoy has none for leaves the route without an action', () => {
  expect(routeAction(redirect, asIstiodSends)).toEqual({ redirect: { response_code: 'PERMANENT_REDIRECT' } })
  expect(routeAction({ ...redirect, status: 317 }, asIstiodSends)).toEqual({})
})

test.each([
  [0.0001, '0.0000001s'],
  [1500, '1.5s'],
  [60_000, '60s'],
  [0, '0s'],
])('%d ms are written as %s', (ttlMs, ttl) => {
  const action: ForwardAction = {
    kind: 'forward',
    clusters: [],
    clusterNotFoundStatus: 503,
    timeoutMs: null,
    retry: null,
    mirrors: [],
    pathRewrite: null,
    hostRewrite: null,
    hashPolicies: [{ kind: 'cookie', name: 'c', path: '/', ttlMs, attributes: [], terminal: false }],
  }
  expect(routeAction(action, asIstiodSends)).toMatchObject({ route: { hash_policy: [{ cookie: { ttl } }] } })
})

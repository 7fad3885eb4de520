import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { asksForLimits } from './limited.ts'

const object = (kind: string, spec: object): KubeObject =>
  ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'shop' }, spec }) as KubeObject

test.each([
  ['a filter', object('EnvoyFilter', {}), true],
  ['an authorizer', object('AuthorizationPolicy', { action: 'CUSTOM' }), true],
  ['a policy that nobody is asked for', object('AuthorizationPolicy', { action: 'DENY' }), false],
  ['a fault of 429', object('VirtualService', { http: [{ fault: { abort: { httpStatus: 429, percentage: { value: 25 } } } }] }), true],
  ['a direct answer of 429', object('VirtualService', { http: [{ directResponse: { status: 429 } }] }), true],
  ['a fault of another status', object('VirtualService', { http: [{ fault: { abort: { httpStatus: 503 } }, timeout: '429ms' }] }), false],
  ['another status that begins so', object('VirtualService', { http: [{ directResponse: { status: 4290 } }] }), false],
])('%s', (_, one, limits) => {
  expect(asksForLimits([object('Service', {}), one])).toBe(limits)
  expect(asksForLimits([])).toBe(false)
})

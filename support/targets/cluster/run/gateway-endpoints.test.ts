import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { Pod } from '../pods/pod.ts'
import { lacksEndpoints } from './gateway-endpoints.ts'

const service = (name: string, selector: object | undefined = { app: name }) =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a' }, spec: { selector } }) as unknown as KubeObject
const pod = (ip: string, app = 'shop', more: Partial<Pod> = {}) =>
  ({ namespace: 'a', labels: { app, version: 'v1' }, ip, ready: true, ...more }) as unknown as Pod

const clusters = (...ips: readonly string[]) =>
  [
    'outbound|80||shop.a.svc.cluster.local::default_priority::max_connections::4294967295',
    ...ips.map((ip) => `outbound|80||shop.a.svc.cluster.local::${ip}:8080::health_flags::healthy`),
    'outbound|80||shop-two.a.svc.cluster.local::10.1.2.9:8080::health_flags::healthy',
    'outbound|80||shop.b.svc.cluster.local::10.1.2.9:8080::health_flags::healthy',
  ].join('\n')

test('an endpoint that is missing is missed', () => {
  const pods = [pod('10.1.2.3'), pod('10.1.2.4')]
  expect(lacksEndpoints(clusters('10.1.2.3', '10.1.2.4'), [service('shop')], pods)).toBe(false)
  expect(lacksEndpoints(clusters('10.1.2.3'), [service('shop')], pods)).toBe(true)
  expect(lacksEndpoints(clusters(), [service('shop')], pods)).toBe(true)
  // 10.1.2.30 is not 10.1.2.3.
  expect(lacksEndpoints(clusters('10.1.2.30'), [service('shop')], [pod('10.1.2.3')])).toBe(true)
})

test('nothing is wanted of pods that are not ready or not selected, nor of services without pods of their own', () => {
  expect(lacksEndpoints(clusters(), [service('shop')], [pod('10.1.2.9', 'shop', { ready: false }), pod('10.1.2.8', 'other')])).toBe(false)
  expect(lacksEndpoints(clusters(), [service('shop')], [pod('10.1.2.8', 'shop', { namespace: 'b' })])).toBe(false)
  expect(
    lacksEndpoints(
      clusters(),
      [service('shop', undefined)].map((one) => ({ ...one, spec: {} })),
      [pod('10.1.2.8')],
    ),
  ).toBe(false)
})

test('nor of a service that the gateway does not know', () => {
  expect(lacksEndpoints(clusters(), [service('web')], [pod('10.1.2.8', 'web')])).toBe(false)
})

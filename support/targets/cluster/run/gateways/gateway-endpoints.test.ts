import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { Pod } from '../../pods/pod.ts'
import { NotSupported } from '../../../target.ts'
import { GatewayEndpoints, lackAt } from './gateway-endpoints.ts'

const service = (name: string, spec: object = { selector: { app: name } }, annotations?: object) =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'a', annotations }, spec }) as unknown as KubeObject
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
  expect(lackAt(clusters('10.1.2.3', '10.1.2.4'), [service('shop')], pods)).toBeNull()
  expect(lackAt(clusters('10.1.2.3'), [service('shop')], pods)).toBe('endpoint')
  expect(lackAt(clusters(), [service('shop')], pods)).toBe('endpoint')
  // 10.1.2.30 is not 10.1.2.3.
  expect(lackAt(clusters('10.1.2.30'), [service('shop')], [pod('10.1.2.3')])).toBe('endpoint')
})

test('nothing is wanted of pods that are not ready or not selected, nor of services without pods of their own', () => {
  expect(lackAt(clusters(), [service('shop')], [pod('10.1.2.9', 'shop', { ready: false }), pod('10.1.2.8', 'other')])).toBeNull()
  expect(lackAt(clusters(), [service('shop')], [pod('10.1.2.8', 'shop', { namespace: 'b' })])).toBeNull()
  expect(lackAt(clusters(), [service('shop', {})], [pod('10.1.2.8')])).toBeNull()
})

test('nor of endpoints that are for clients of their own node', () => {
  const local = service('shop', { selector: { app: 'shop' }, internalTrafficPolicy: 'Local' })
  expect(lackAt(clusters(), [local], [pod('10.1.2.3')])).toBeNull()
})

test('a service that the gateway does not know is missed, unless it is not for all, or has no pods', () => {
  const pods = [pod('10.1.2.8', 'web')]
  expect(lackAt(clusters(), [service('web')], pods)).toBe('service')
  expect(lackAt(clusters('10.1.2.3'), [service('web'), service('shop')], [...pods, pod('10.1.2.4')])).toBe('endpoint')
  expect(lackAt(clusters(), [service('web', undefined, { 'networking.istio.io/exportTo': '.' })], pods)).toBeNull()
  expect(lackAt(clusters(), [service('web')], [])).toBeNull()
})

/** @returns how often the gateway was asked */
async function asked(...answers: readonly (string | null | Error)[]): Promise<number> {
  let count = 0
  const admin = (): Promise<string | null> => {
    const answer = answers[Math.min(count++, answers.length - 1)]!
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const run = { deployments: { services: [service('shop')], madeAs: () => '1' } } as unknown as Parameters<GatewayEndpoints['await']>[0]
  const gateway = { namespace: 'b', name: 'gateway', container: 'istio-proxy' } as Pod
  await new GatewayEndpoints(() => admin).await(run, [gateway], [pod('10.1.2.3')], performance.now() + 600)
  return count
}

test('a gateway that has not told is asked again, as is one that lacks an endpoint; one that nobody may ask is not', async () => {
  const knows = clusters('10.1.2.3')
  expect(await asked(knows)).toBe(1)
  expect(await asked(null, clusters(), knows)).toBe(3)
  expect(await asked(new NotSupported('gateway-calls', 'not permitted'))).toBe(1)
})

test('one that never tells is not taken to have what it was to be told', async () => {
  await expect(asked(null)).rejects.toThrow('not yet programmed: the gateway gateway does not tell which endpoints it has')
  // That an endpoint never comes there, as of a port that its pod has not, may be meant.
  expect(await asked(clusters())).toBeGreaterThan(1)
})

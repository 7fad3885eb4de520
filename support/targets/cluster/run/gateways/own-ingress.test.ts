import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { OwnIngress } from './own-ingress.ts'
import type { OwnIngressOptions } from './own-ingress.ts'

/** @param pods how many there are, each time that they are looked for; the last number for ever */
function inCluster(pods: readonly number[] = [1]) {
  const applied: KubeObject[] = []
  const status = { updatedReplicas: 1, readyReplicas: 1, loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } }
  let looked = 0
  const objects = {
    apply: async (one: KubeObject) => void applied.push(one),
    read: async ({ kind }: { readonly kind: string }) => ({ ...applied.findLast((one) => one.kind === kind), status }),
    list: async () => Array.from({ length: pods[Math.min(looked++, pods.length - 1)]! }),
  }
  const options = { run: '1f2e3d', objects, ledger: { touch: () => {} }, assertHope: async () => {} }
  return { own: new OwnIngress(options as unknown as OwnIngressOptions), applied, looked: () => looked }
}

test('config may name the ports of its Service, or those of its container', async () => {
  const { own, applied } = inCluster()
  const { host, ports } = await own.address('meshspec-1f2e3d-istio-system', [80, 31400])
  expect([host, [...ports.keys()]]).toEqual(['192.0.2.7', [80, 443, 31400]])
  const { ports: served } = applied.findLast(({ kind }) => kind === 'Service')!['spec'] as { ports: { port: number; targetPort: number }[] }
  expect(served.map(({ port, targetPort }) => [port, targetPort])).toEqual([
    [80, 8080],
    [443, 8443],
    [31400, 31400],
  ])
})

test('with other files there is another pod, and the former one is gone', async () => {
  const { own, applied, looked } = inCluster([1, 2, 2, 1])
  const secret = (name: string, key: string, namespace = 'run'): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data: { key },
  })
  const pods = () => new Set(applied.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => JSON.stringify(spec.template))).size
  await own.mount('run', [secret('shop', 'a'), secret('istio-ingressgateway-certs', 'a', 'elsewhere')])
  expect([pods(), looked()]).toEqual([1, 1])
  await own.mount('run', [secret('istio-ingressgateway-certs', 'a')])
  expect([pods(), looked()]).toEqual([2, 4])
  await own.mount('run', [secret('istio-ingressgateway-certs', 'a')])
  expect([pods(), looked()]).toEqual([2, 4])
  await own.mount('run', [secret('istio-ingressgateway-certs', 'b')])
  expect(pods()).toBe(3)
})

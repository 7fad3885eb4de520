import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { NamespaceMap } from '../access/namespace-map.ts'
import { actsOnWholeMesh, OwnIngress } from './own-ingress.ts'
import type { OwnIngressOptions } from './own-ingress.ts'

const ingress = new OwnIngress({ run: '1f2e3d' } as OwnIngressOptions)

const object = (kind: string, spec: object): KubeObject => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'shop' }, spec })

test.each([
  ['Gateway', { selector: { istio: 'ingressgateway', app: 'x' } }, { selector: { istio: 'meshspec-1f2e3d-ingressgateway', app: 'x' } }],
  // Istio looks for its pods in all namespaces: those of others are not to take it up.
  ['Gateway', { selector: { istio: 'egressgateway' } }, { selector: { istio: 'egressgateway', 'meshspec.dev/run': '1f2e3d' } }],
  ['Gateway', {}, { selector: { 'meshspec.dev/run': '1f2e3d' } }],
  // Of a Service it is the scenario's own pods.
  ['Service', { selector: { istio: 'ingressgateway' } }, { selector: { istio: 'ingressgateway' } }],
  [
    'EnvoyFilter',
    { workloadSelector: { labels: { istio: 'ingressgateway' } }, configPatches: [] },
    { workloadSelector: { labels: { istio: 'meshspec-1f2e3d-ingressgateway' } }, configPatches: [] },
  ],
  [
    'RequestAuthentication',
    { selector: { matchLabels: { istio: 'ingressgateway' } }, jwtRules: [] },
    { selector: { matchLabels: { istio: 'meshspec-1f2e3d-ingressgateway' } }, jwtRules: [] },
  ],
] as const)('%s is about gateways of the run', (kind, spec, readdressed) => {
  expect(ingress.readdress(object(kind, spec))['spec']).toEqual(readdressed)
})

test('what acts on the whole mesh has no stand-in', () => {
  const kinds = ['Secret', 'Gateway', 'HTTPRoute', 'DestinationRule', 'EnvoyFilter', 'PeerAuthentication', 'Sidecar', 'Telemetry']
  const wholeMesh = (namespace: string, spec: object) => kinds.filter((kind) => actsOnWholeMesh({ kind, namespace, object: object(kind, spec) }))
  expect(wholeMesh('istio-system', {})).toEqual(kinds.slice(3))
  expect(wholeMesh('istio-system', { selector: { matchLabels: { app: 'shop' } } })).toEqual(kinds.slice(3))
  expect(wholeMesh('istio-system', { selector: { matchLabels: { istio: 'ingressgateway' } } })).toEqual([])
  expect(wholeMesh('istio-system', { exportTo: ['.'] })).toEqual(kinds.slice(4))
  expect(wholeMesh('istio-system', { exportTo: ['.', 'default'] })).toEqual(kinds.slice(3))
  expect(wholeMesh('default', {})).toEqual([])
})

test('a namespace of the run stands for istio-system where the gateway is its own', () => {
  expect(new NamespaceMap('meshspec-1f2e3d', [], true).real('istio-system')).toBe('meshspec-1f2e3d-istio-system')
  expect(new NamespaceMap('meshspec-1f2e3d', []).real('istio-system')).toBe('istio-system')
  const map = new NamespaceMap('meshspec-1f2e3d', [], true)
  map.use('istio-system')
  expect(map.host('istio-ingressgateway.istio-system.svc.cluster.local:80')).toBe(
    'istio-ingressgateway.meshspec-1f2e3d-istio-system.svc.cluster.local:80',
  )
})

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

import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { NamespaceMap } from './namespace-map.ts'
import { actsOnWholeMesh, namesMountedFiles, OwnIngress } from './own-ingress.ts'
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
  map.real('istio-system')
  expect(map.host('istio-ingressgateway.istio-system.svc.cluster.local:80')).toBe(
    'istio-ingressgateway.meshspec-1f2e3d-istio-system.svc.cluster.local:80',
  )
})

test('config may name the ports of its Service, or those of its container', async () => {
  const applied: KubeObject[] = []
  const status = { readyReplicas: 1, loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } }
  const objects = {
    apply: async (one: KubeObject) => void applied.push(one),
    read: async ({ kind }: { readonly kind: string }) => ({ ...applied.findLast((one) => one.kind === kind), status }),
  }
  const own = new OwnIngress({ run: '1f2e3d', objects, ledger: { touch: () => {} } } as unknown as OwnIngressOptions)
  const { host, ports } = await own.address('meshspec-1f2e3d-istio-system', [80, 31400])
  expect([host, [...ports.keys()]]).toEqual(['192.0.2.7', [80, 443, 31400]])
  const { ports: served } = applied.findLast(({ kind }) => kind === 'Service')!['spec'] as { ports: { port: number; targetPort: number }[] }
  expect(served.map(({ port, targetPort }) => [port, targetPort])).toEqual([
    [80, 8080],
    [443, 8443],
    [31400, 31400],
  ])
})

test('files that a gateway would have mounted are seen in its servers', () => {
  const gateway = (tls: object) => object('Gateway', { servers: [{ port: { number: 443 }, tls }] })
  expect(namesMountedFiles(gateway({ serverCertificate: '/etc/istio/ingressgateway-certs/tls.crt' }))).toBe(true)
  expect(namesMountedFiles(gateway({ caCertificates: '/etc/istio/ingressgateway-ca-certs/ca.crt' }))).toBe(true)
  expect(namesMountedFiles(gateway({ serverCertificate: '/elsewhere/tls.crt' }))).toBe(false)
  expect(namesMountedFiles(gateway({ credentialName: 'shop' }))).toBe(false)
})

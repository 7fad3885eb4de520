import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { readdress } from './ingress-selectors.ts'

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
  expect(readdress(object(kind, spec), 'meshspec-1f2e3d-ingressgateway', '1f2e3d')['spec']).toEqual(readdressed)
})

import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { actsOnWholeMesh } from './whole-mesh.ts'

const object = (kind: string, spec: object): KubeObject => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'shop' }, spec })

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

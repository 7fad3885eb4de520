import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { strictPeers } from './strict-peers.ts'

const shop = `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec: {selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: a, image: a}]}}}
---
`
const policy = (spec: string, metadata = 'name: strict'): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {${metadata}}\nspec: ${spec}\n---\n`
const exchange = (fields: object) => ({ request: { authority: 'shop:80' }, error: null, hops: [], ...fields }) as unknown as Exchange
const cutOff = exchange({ error: 'closed' })
const told = (text: string, one: Exchange) => strictPeers([one, one], readText(shop + text, 'mesh.yaml').resources)
const strict = 'shop.default takes mutual TLS alone: PeerAuthentication default/strict; who comes without it is cut off'

test('a connection that was cut off by a sidecar that takes mutual TLS alone', () => {
  expect(told(policy('{mtls: {mode: STRICT}}'), cutOff)).toEqual([strict])
  expect(told(policy('{mtls: {mode: STRICT}}', 'name: strict, namespace: istio-system'), cutOff)).toEqual([
    strict.replace('default/', 'istio-system/'),
  ])
  expect(told(policy('{selector: {matchLabels: {app: shop}}, portLevelMtls: {"8080": {mode: STRICT}}}'), cutOff)).toEqual([strict])
  const byProxy = exchange({ hops: [{ service: 'shop.default.svc.cluster.local', log: { flags: 'URX,UC' } }] })
  expect(told(policy('{mtls: {mode: STRICT}}'), byProxy)).toEqual([strict])
})

test('one that had another reason', () => {
  expect(told('', cutOff)).toEqual([])
  expect(told(policy('{mtls: {mode: PERMISSIVE}}'), cutOff)).toEqual([])
  expect(told(policy('{selector: {matchLabels: {app: other}}, mtls: {mode: STRICT}}'), cutOff)).toEqual([])
  expect(told(policy('{selector: {matchLabels: {app: shop}}, portLevelMtls: {"80": {mode: STRICT}}}'), cutOff)).toEqual([])
  expect(told(policy('{mtls: {mode: STRICT}}'), exchange({ error: 'refused' }))).toEqual([])
  expect(told(policy('{mtls: {mode: STRICT}}'), exchange({ error: 'closed', request: { authority: 'other' } }))).toEqual([])
})

import { expect, test } from 'vitest'
import { readText } from '../../../../../mesh-core/config/read.ts'
import type { Exchange } from '../../../../../mesh-core/ir/exchange.ts'
import { beyondTheCluster } from './beyond-the-cluster.ts'

const { resources } = readText(
  `
{apiVersion: v1, kind: Service, metadata: {name: named, namespace: default}, spec: {type: ExternalName, externalName: httpbin.org}}
---
{apiVersion: v1, kind: Service, metadata: {name: listed, namespace: default}, spec: {ports: [{port: 443}]}}
---
{apiVersion: v1, kind: Endpoints, metadata: {name: listed, namespace: default}, subsets: [{addresses: [{ip: 198.51.100.7}, {ip: 10.0.0.1}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: shop, namespace: default}, spec: {selector: {app: shop}, ports: [{port: 80}]}}
`,
  'given.yaml',
)

const exchange = (status: number | null) => ({ response: status === null ? null : { status }, error: status === null ? 'closed' : null }) as Exchange

test.each([
  ['named.default.svc.cluster.local', null, 'Service named leads out of the cluster, to httpbin.org, and no answer came from there'],
  ['named', 503, 'Service named leads out of the cluster, to httpbin.org, and no answer came from there'],
  ['listed', null, 'Service listed leads out of the cluster, to 198.51.100.7, and no answer came from there'],
  // An answer is an answer, wherever it comes from.
  ['named', 200, null],
  ['named', 404, null],
  ['shop', 503, null],
  ['elsewhere.example.com', null, null],
] as const)('%s %s', (host, status, reason) => {
  expect(beyondTheCluster(host, exchange(status), resources, (place) => place === '10.0.0.1')).toBe(reason)
})

test('endpoints that are pods of the run are within, and so are names that lead to one', () => {
  const own = ['10.0.0.1', '198.51.100.7', 'httpbin.org']
  for (const host of ['listed', 'named']) expect(beyondTheCluster(host, exchange(null), resources, (place) => own.includes(place))).toBeNull()
})

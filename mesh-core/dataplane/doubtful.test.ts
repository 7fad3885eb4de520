import { expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import { createMesh } from '../create-mesh.ts'
import type { Exchange } from '../ir/exchange.ts'

const world = `
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: default}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}, {name: tcp, port: 9000}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: default}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: client, namespace: default}
spec: {selector: {matchLabels: {app: client}}, template: {metadata: {labels: {app: client}}, spec: {containers: [{name: app, image: echo}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: default}
spec: {selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: app, image: echo}]}}}
`
const rule = `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop, namespace: default}
spec:
  host: shop
  trafficPolicy: {proxyProtocol: {version: V2}}
`
const copying = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: default}
spec: {hosts: [cart], http: [{route: [{destination: {host: cart}}], mirror: {host: shop}}]}
`
const explicit = `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nproxyHttpPort: 15007\n`

const ofServer =
  'connections to shop.default.svc.cluster.local begin with a header of the PROXY protocol (proxyProtocol V2 of its DestinationRule): whether a server takes it is not known here'
const ofPort = "port 15007 of the loopback is the sidecar's for explicit proxies (proxyHttpPort), whose routes are not modelled"

test.each<[about: string, text: string, url: string, message: string]>([
  ['a server that gets a PROXY header', rule, 'http://shop/', ofServer],
  ['the same with bytes', rule, 'tcp://shop:9000', ofServer],
  ['a copy to one', `${rule}${copying}`, 'http://cart/', ofServer],
  ['an explicit proxy', explicit, 'http://127.0.0.1:15007/', ofPort],
])('not known: %s', async (_, text, url, message) => {
  await expect(send(text, url)).rejects.toMatchObject({ name: 'NotShown', message })
})

test.each<[about: string, text: string, url: string, error: string | null]>([
  ['another service', rule, 'http://cart/', null],
  ['another port of the loopback', explicit, 'http://127.0.0.1:15008/', null],
  ['that port elsewhere', explicit, 'http://shop:15007/', 'closed'],
])('known: %s', async (_, text, url, error) => {
  expect((await send(text, url)).error).toBe(error)
})

test.each<[value: string, known: boolean]>([
  ['1', false],
  // istiod reads nothing else for it.
  ['true', true],
])('HTTP/1.0 where ISTIO_META_HTTP10 is %s', async (value, known) => {
  const text = `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\ndefaultConfig: {proxyMetadata: {ISTIO_META_HTTP10: "${value}"}}\n`
  const seen = await send(text, 'http://shop/', 'http/1.0').catch((error: Error) => error.message)
  if (known) expect(seen).toMatchObject({ response: { status: 426 } })
  // The sender's takes for HTTP what is 1.1 or 2 alone, and passes the rest on.
  else expect(seen).toBe('the sidecar of shop.default takes requests of HTTP/1.0 (accept_http_10), which is not modelled')
  expect(await send(text, 'http://shop/')).toMatchObject({ response: { status: 200 } })
})

const writing = (headers: string): string =>
  `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cart, namespace: default}\nspec: {hosts: [cart], http: [{route: [{destination: {host: cart}}], headers: ${headers}}]}\n`

test.each<[headers: string, seen: string | null]>([
  [
    '{request: {set: {content-length: "3"}}}',
    'client.default writes the content-length 3, which is not that of the body: what its reader does is not known',
  ],
  ['{request: {add: {transfer-encoding: chunked}}}', 'client.default writes a transfer-encoding, and no chunks are made'],
  [
    '{response: {set: {content-length: "900"}}}',
    'client.default writes the content-length 900, which is not that of the body: what its reader does is not known',
  ],
  ['{request: {set: {content-length: "0"}}}', null],
  ['{request: {remove: [content-length]}, response: {remove: [content-length]}}', null],
])('a rule with %s', async (headers, seen) => {
  const outcome = await send(writing(headers), 'http://cart/').then(
    () => null,
    (error: Error) => error.message,
  )
  expect(outcome).toBe(seen)
})

async function send(text: string, url: string, protocol?: 'http/1.0'): Promise<Exchange> {
  const mesh = createMesh({})
  const { resources, errors } = readText(world + text, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  expect(mesh.isDoubtful).toBe(true)
  expect(mesh.notModelled).toEqual([])
  const ref = { namespace: 'default', name: 'client', instance: 'client' }
  return mesh.send({ from: { kind: 'workload', ref }, method: 'GET', url, headers: {}, body: '', timeoutMs: null, ...(protocol && { protocol }) })
}

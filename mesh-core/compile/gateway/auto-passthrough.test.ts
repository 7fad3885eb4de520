import { describe, expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import type { ClientTls } from '../../ir/tls.ts'

const deployment = (name: string, namespace: string, labels: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: app, image: echo}]}}}
`
const service = (name: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: default}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}
`
const world = [
  service('shop'),
  deployment('shop-v1', 'default', 'app: shop, version: v1'),
  deployment('shop-v2', 'default', 'app: shop, version: v2'),
  service('bare'),
  deployment('bare', 'default', "app: bare, sidecar.istio.io/inject: 'false'"),
  deployment('istio-ingressgateway', 'istio-system', 'istio: ingressgateway'),
  `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: cross-network, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 443, name: tls, protocol: TLS}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ["*.local"]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop, namespace: default}
spec: {host: shop, subsets: [{name: v2, labels: {version: v2}}]}
`,
].join('')

const policy = (mode: string): string =>
  `---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: default}\nspec: {mtls: {mode: ${mode}}}\n`

/** A sidecar of another network. */
const peer: ClientTls = { identity: 'spiffe://cluster.local/ns/far/sa/client', applicationProtocols: ['istio-http/1.1', 'istio', 'http/1.1'] }
const sni = (host: string, { port = 80, subset = '' } = {}): string => `outbound_.${port}_.${subset}_.${host}.default.svc.cluster.local`

async function sent(
  tls: ClientTls,
  config = '',
): Promise<{ reached: string | null; error: string | null; cluster: string; caller: string | undefined }> {
  const mesh = createMesh({})
  const { resources, errors } = readText(world + config, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const ref = { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' }
  const call = { from: { kind: 'gateway', ref }, method: 'GET', url: 'https://gateway/', headers: {}, body: '', tls, timeoutMs: 1000 } as const
  const { hops, error } = await mesh.send(call)
  const last = hops.findLast(({ received }) => received !== null)
  const cluster = hops[0]?.log?.cluster ?? '-'
  return { reached: last?.to?.name ?? null, error, cluster, caller: last?.received?.headers.get('x-forwarded-client-cert')?.match(/URI=(.*)/)?.[1] }
}

describe('a gateway that passes on what sidecars of other networks send', () => {
  test('by the name of a cluster, unread: the workload sees who has called', async () => {
    expect(await sent({ ...peer, serverName: sni('shop', { subset: 'v2' }) })).toEqual({
      ...{ reached: 'shop-v2', error: null, cluster: sni('shop', { subset: 'v2' }) },
      caller: 'spiffe://cluster.local/ns/far/sa/client',
    })
  })

  test.each<{ about: string; tls: ClientTls; config?: string; cluster: string }>([
    { about: 'a name that is none of a cluster', tls: { ...peer, serverName: 'shop.default.svc.cluster.local' }, cluster: '-' },
    { about: 'a port that the service does not have', tls: { ...peer, serverName: sni('shop', { port: 81 }) }, cluster: '-' },
    { about: 'a client that is no sidecar', tls: { ...peer, applicationProtocols: ['http/1.1'], serverName: sni('shop') }, cluster: '-' },
    { about: 'workloads without a sidecar', tls: { ...peer, serverName: sni('bare') }, cluster: sni('bare') },
    { about: 'workloads that look for no TLS', tls: { ...peer, serverName: sni('shop') }, config: policy('DISABLE'), cluster: sni('shop') },
  ])('to nobody for $about', async ({ tls, config, cluster }) => {
    expect(await sent(tls, config)).toEqual({ reached: null, error: 'closed', cluster, caller: undefined })
  })

  test('a client without a certificate is refused by the workload', async () => {
    const { identity: _, ...stranger } = peer
    expect((await sent({ ...stranger, serverName: sni('shop') }, policy('STRICT'))).error).toBe('tls: TLSV13_ALERT_CERTIFICATE_REQUIRED')
  })
})

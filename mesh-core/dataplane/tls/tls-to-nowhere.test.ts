import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import { CertificateAuthority } from '../../identity/certificate-authority.ts'

const authority = await CertificateAuthority.create('own')
const pair = await authority.issue({ commonName: 'a', dnsNames: ['a.example.com'] })
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A gateway that ends TLS of clients with certificates, for bytes to the host. */
const config = (host: string): string => `
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: istio-system}
data: {tls.crt: ${base64(pair.certificateChain)}, tls.key: ${base64(pair.privateKey)}, ca.crt: ${base64(authority.certificate)}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {selector: {matchLabels: {istio: ingressgateway}}, template: {metadata: {labels: {istio: ingressgateway}}, spec: {containers: [{name: app, image: echo}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: ill, namespace: default}
spec: {selector: {app: ill}, ports: [{name: tcp, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: well, namespace: default}
spec: {selector: {app: well}, ports: [{name: tcp, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: well, namespace: default}
spec: {selector: {matchLabels: {app: well}}, template: {metadata: {labels: {app: well}}, spec: {containers: [{name: app, image: echo}]}}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: default}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: ["*"], tls: {mode: MUTUAL, credentialName: cert}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: vs, namespace: default}
spec: {hosts: ["*"], gateways: [gw], tcp: [{route: [{destination: {host: ${host}, port: {number: 80}}}]}]}
`

test.each([
  ['nobody', 'closed', 'NC'],
  ['ill', 'closed', 'UH'],
  ['well', 'tls: TLSV13_ALERT_CERTIFICATE_REQUIRED', '-'],
])('a client without a certificate whose bytes would go to %s: %s', async (host, error, flags) => {
  const mesh = createMesh({})
  const { resources, errors } = readText(config(host), 'gate.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  const from = { kind: 'gateway', ref: { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' } } as const
  const exchange = await mesh.send({ from, method: 'GET', url: 'https://a.example.com/', headers: {}, body: '', timeoutMs: 1000 })
  expect([exchange.error, exchange.hops[0]!.log!.flags]).toEqual([error, flags])
})

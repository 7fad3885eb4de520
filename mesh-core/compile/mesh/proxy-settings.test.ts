import { expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'

const mesh = `apiVersion: mesh.istio.io/v1alpha1
kind: MeshConfig
defaultConfig:
  gatewayTopology: {numTrustedProxies: 1}
  proxyHeaders: {server: {value: mine}, xForwardedPort: {enabled: true}}
---
`
const gateway = (annotation: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template:
    metadata:
      labels: {istio: ingressgateway}
      annotations: {${annotation}}
    spec: {containers: [{name: istio-proxy, image: auto}]}
---
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`

function settingsWith(annotation: string): unknown {
  const made = createMesh({ seed: 1 })
  made.apply(readText(mesh + gateway(annotation), 'mesh.yaml').resources)
  const ref = { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' }
  const filter = made.proxyConfig(ref)!.listeners[0]!.filterChains[0]!.filter
  return filter.kind === 'http' ? filter.settings : null
}

const cases: readonly { about: string; annotation: string; settings: unknown }[] = [
  { about: 'what the mesh says', annotation: '', settings: { trustedProxies: 1, server: 'mine', forwardedPort: true } },
  {
    about: 'the topology of a pod replaces that of the mesh',
    annotation: `proxy.istio.io/config: '{"gatewayTopology": {"forwardClientCertDetails": "SANITIZE"}}'`,
    settings: { forwardClientCert: 'SANITIZE', server: 'mine', forwardedPort: true },
  },
  {
    about: 'its connections are of a profile, less what it says itself',
    annotation: `proxy.istio.io/config: '{"connectionSettings": {"profile": "EDGE", "httpMergeSlashes": false}}'`,
    settings: {
      ...{ trustedProxies: 1, server: 'mine', forwardedPort: true },
      ...{ streamIdleMs: 300_000, underscores: 'REJECT_REQUEST', mergesSlashes: false, escapedSlashes: 'UNESCAPE_AND_REDIRECT' },
    },
  },
  {
    about: 'its headers go before those of the mesh one by one, in either spelling',
    annotation: `proxy.istio.io/config: '{"proxy_headers": {"server": {"disabled": true}}}'`,
    settings: { trustedProxies: 1, server: null, forwardedPort: true },
  },
  {
    about: 'an annotation that is no mapping says nothing',
    annotation: `proxy.istio.io/config: 'a: ['`,
    settings: { trustedProxies: 1, server: 'mine', forwardedPort: true },
  },
]

for (const { about, annotation, settings } of cases)
  test(about, () => {
    expect(settingsWith(annotation)).toEqual(settings)
  })

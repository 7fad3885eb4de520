import { readText } from '../../../mesh-core/config/load.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'

export const gatewayFile = 'the ingress gateway'
export const namespaceFile = 'the namespaces'

/** The ingress gateway as Istio's default profile installs it, as far as routing sees it. */
const ingressGateway = `
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system, labels: {app: istio-ingressgateway, istio: ingressgateway}}
spec:
  type: LoadBalancer
  selector: {app: istio-ingressgateway, istio: ingressgateway}
  ports:
  - {name: status-port, port: 15021, targetPort: 15021}
  - {name: http2, port: 80, targetPort: 8080}
  - {name: https, port: 443, targetPort: 8443}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {matchLabels: {app: istio-ingressgateway, istio: ingressgateway}}
  template:
    metadata:
      labels: {app: istio-ingressgateway, istio: ingressgateway}
      annotations: {inject.istio.io/templates: gateway}
    spec:
      containers:
      - name: istio-proxy
        image: auto
        volumeMounts:
        - {name: ingressgateway-certs, mountPath: /etc/istio/ingressgateway-certs, readOnly: true}
        - {name: ingressgateway-ca-certs, mountPath: /etc/istio/ingressgateway-ca-certs, readOnly: true}
      volumes:
      - {name: ingressgateway-certs, secret: {secretName: istio-ingressgateway-certs, optional: true}}
      - {name: ingressgateway-ca-certs, secret: {secretName: istio-ingressgateway-ca-certs, optional: true}}
`

/** What is there before the scenario's own. */
export function baseResources(): readonly Resource[] {
  return readText(ingressGateway, gatewayFile).resources
}

/** @param injected what the namespace's label tells the injector; @param before what the mesh has: the namespace keeps its other labels */
export function namespaceResource(namespace: string, injected: boolean, before: readonly Resource[]): readonly Resource[] {
  const known = before.find(({ kind, name }) => kind === 'Namespace' && name === namespace)?.object.metadata.labels
  const labels = { ...known, 'istio-injection': injected ? 'enabled' : 'disabled' }
  return readText(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }), namespaceFile).resources
}

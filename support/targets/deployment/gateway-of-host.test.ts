import { expect, test } from 'vitest'
import { readText } from '../../../mesh-core/config/load.ts'
import { bindingsIn, claimOfGateway, claimOfIngress } from './gateway-of-host.ts'

const { resources, errors } = readText(
  `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: shop}
spec:
  gatewayClassName: istio
  listeners:
  - {name: http, port: 80, protocol: HTTP, hostname: "*.web.example.com"}
  - {name: any, port: 8080, protocol: HTTP}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: team}
spec: {parentRefs: [{name: web, namespace: shop}], hostnames: [a.web.example.com, team.example.com]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: other, namespace: team}
spec: {parentRefs: [{name: web}], hostnames: [other.example.com]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: ingress, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["shop/shop.example.com", "*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bound, namespace: team}
spec: {hosts: [bound.example.com], gateways: [shop/ingress]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: unbound, namespace: team}
spec: {hosts: [unbound.example.com], gateways: [ingress]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: egress, namespace: shop}
spec:
  selector: {istio: egressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [egress.example.com]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: old, namespace: shop}
spec: {rules: [{host: old.example.com}]}
`,
  'gateways.yaml',
)
const bindings = bindingsIn(resources)

test('the config can be read', () => expect(errors).toEqual([]))

test.each([
  ['a.web.example.com', 80, 2], // of a route
  ['A.Web.Example.com', 80, 2],
  ['b.web.example.com', 80, 1], // of the listener alone
  ['web.example.com', 80, 0],
  ['b.web.example.com', 8080, 0],
  ['team.example.com', 8080, 2],
  ['other.example.com', 80, 0], // its parent is team/web
  ['a.web.example.com', 443, 0],
])('a Gateway of the Gateway API is meant by %s:%d: %d', (hostname, port, claim) =>
  expect(claimOfGateway({ name: 'web', namespace: 'shop' }, { hostname, port }, bindings)).toBe(claim),
)

test.each([
  ['shop.example.com', 80, 2],
  ['shop.example.com', 8080, 0],
  ['bound.example.com', 80, 2],
  ['unbound.example.com', 80, 0], // by team/ingress, which there is not
  ['old.example.com', 80, 2],
  ['egress.example.com', 80, 0],
  ['anything.example.com', 80, 0], // "*" says nothing of DNS
])('the ingress gateway is meant by %s:%d: %d', (hostname, port, claim) =>
  expect(claimOfIngress({ istio: 'ingressgateway', app: 'istio-ingressgateway' }, { hostname, port }, bindings)).toBe(claim),
)

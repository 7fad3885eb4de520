import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import type { Exchange } from '../../mesh-core/ir/exchange.ts'
import { unopenedPorts } from './unopened-ports.ts'

const config = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: front}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 8443, name: a, protocol: HTTPS}}, {port: {number: 8443, name: b, protocol: HTTPS}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: entry}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 8080, protocol: HTTP}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: old}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: safe}
spec: {tls: [{secretName: safe}]}
`
const exchange = (authority: string, scheme: string, error: Exchange['error']) =>
  ({ request: { authority, scheme }, error, hops: [] }) as unknown as Exchange
const told = (text: string, ...exchanges: Exchange[]) => unopenedPorts(exchanges, readText(text, 'mesh.yaml').resources)

test('the port that refused a client, with those that the config opens', () => {
  const refused = [exchange('shop.example.com', 'http', 'refused'), exchange('shop.example.com', 'http', 'refused')]
  expect(told(config, ...refused)).toEqual([
    "no gateway listens at port 80, though Ingress default/old, Ingress default/safe open it: no rule acts there, no pod carries it, or its class is nobody's",
  ])
  expect(told(config, exchange('shop.example.com:81', 'http', 'refused'), exchange('shop.example.com:8080', 'http', 'refused'))).toEqual([
    'no gateway listens at port 81: Gateway default/front opens 8443, Gateway default/entry opens 8080, Ingress default/old opens 80, Ingress default/safe opens 80, 443',
    "no gateway listens at port 8080, though Gateway default/entry opens it: no rule acts there, no pod carries it, or its class is nobody's",
  ])
  expect(told('', exchange('shop.example.com:81', 'http', 'refused'), exchange('shop.example.com', 'https', 'refused'))).toEqual([
    'no gateway listens at port 81: there is neither a Gateway nor an Ingress',
    'no gateway listens at port 443: there is neither a Gateway nor an Ingress',
  ])
  expect(told(config, exchange('shop.example.com', 'http', 'closed'), exchange('shop.example.com', 'http', null))).toEqual([])
})

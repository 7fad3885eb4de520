import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/load.ts'
import { servicesNamedBy } from './services-named.ts'

const plain = { namespace: 'default', versions: ['v1'], replicas: 1, protocol: 'http', port: 80, sidecar: true }

const yaml = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: prod}
spec:
  host: cart
  subsets:
  - {name: stable, labels: {version: v1}}
  - {name: blue, labels: {color: blue}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: prod}
spec:
  hosts: [cart, www.example.com]
  http:
  - route: [{destination: {host: cart, port: {number: 8080}}}, {destination: {host: stock.test.svc.cluster.local}}]
    mirror: {host: audit}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: edge, namespace: prod}
spec:
  hosts: [shop.example.com]
  gateways: [edge]
  http: [{route: [{destination: {host: known}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: known, namespace: prod}
spec: {ports: [{port: 80}]}
`

test('services that config names: each host of the cluster that it does not define itself', () => {
  const services = servicesNamedBy(readText(yaml, 'config.yaml').resources)
  expect(services).toEqual([
    { ...plain, name: 'cart', namespace: 'prod', port: 8080, versions: ['v1', 'blue'], labels: { v1: { version: 'v1' }, blue: { color: 'blue' } } },
    { ...plain, name: 'stock', namespace: 'test' },
    { ...plain, name: 'audit', namespace: 'prod' },
  ])
})

test('a service listens on every port that a destination asks for, and on 80 for one that asks for none', () => {
  const to = (destination: string): string => `{route: [{destination: ${destination}}]}`
  const rules = [to('{host: cart, port: {number: 8000}}'), to('{host: cart}'), to('{host: cart, port: {number: 8000}}')].join(', ')
  const text = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: {hosts: [www.example.com], http: [${rules}]}}`
  expect(servicesNamedBy(readText(text, 'ports.yaml').resources)).toEqual([{ ...plain, name: 'cart', namespace: 'default', port: 8000, ports: [80] }])
})

const virtualService = (spec: string) => `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}, spec: ${spec}}`
const named = (text: string) =>
  servicesNamedBy(readText(text, 'config.yaml').resources).map(({ name, protocol, port, versions }) => ({ name, protocol, port, versions }))

test('destinations of TCP and TLS rules', () => {
  const text = virtualService(
    '{hosts: [db], tcp: [{route: [{destination: {host: db, port: {number: 5432}}}]}], tls: [{match: [{sniHosts: [a.b]}], route: [{destination: {host: web, port: {number: 443}}}]}]}',
  )
  expect(named(text)).toEqual([
    { name: 'db', protocol: 'tcp', port: 5432, versions: ['v1'] },
    { name: 'web', protocol: 'tls', port: 443, versions: ['v1'] },
  ])
})

test('a subset without a rule for it is the version of that name; with one it has the labels of the rule', () => {
  const toBlue = virtualService('{hosts: [shop], http: [{route: [{destination: {host: shop, subset: blue}}]}]}')
  const rule =
    '{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: {host: shop.default.svc.cluster.local, subsets: [{name: blue, labels: {version: v2}}]}}'
  expect(named(toBlue)).toEqual([{ name: 'shop', protocol: 'http', port: 80, versions: ['blue'] }])
  expect(named(`${toBlue}\n---\n${rule}`)).toEqual([{ name: 'shop', protocol: 'http', port: 80, versions: ['v2'] }])
})

test('backends of routes of the Gateway API, and Services that are their parents', () => {
  const route = (kind: string, spec: string) => `{apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: {name: a}, spec: ${spec}}`
  const http = route(
    'HTTPRoute',
    '{parentRefs: [{group: "", kind: Service, name: front}, {name: gateway}], rules: [{backendRefs: [{name: shop, port: 8080}, {group: x.io, kind: Bucket, name: b}], filters: [{type: RequestMirror, requestMirror: {backendRef: {name: audit, port: 81}}}]}]}',
  )
  const grpc = route('GRPCRoute', '{parentRefs: [{name: gateway}], rules: [{backendRefs: [{name: stock, port: 7070}]}]}')
  expect(named(`${http}\n---\n${grpc}`)).toEqual([
    { name: 'front', protocol: 'http', port: 80, versions: ['v1'] },
    { name: 'shop', protocol: 'http', port: 8080, versions: ['v1'] },
    { name: 'audit', protocol: 'http', port: 81, versions: ['v1'] },
    { name: 'stock', protocol: 'grpc', port: 7070, versions: ['v1'] },
  ])
})

test('backends of an Ingress of either version', () => {
  const v1 =
    '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 8080}}}}]}}]}}'
  const old = '{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: b}, spec: {backend: {serviceName: rest, servicePort: 81}}}'
  expect(named(`${v1}\n---\n${old}`)).toEqual([
    { name: 'shop', protocol: 'http', port: 8080, versions: ['v1'] },
    { name: 'rest', protocol: 'http', port: 81, versions: ['v1'] },
  ])
})

import { expect, test } from 'vitest'
import { readText } from '../mesh-core/config/load.ts'
import { readEchoTable } from './echo-services.ts'
import { servicesNamedBy } from './services-named.ts'

const plain = { namespace: 'default', versions: ['v1'], replicas: 1, protocol: 'http', port: 80, sidecar: true }

test('a table of services', () => {
  const rows = [
    ['service', 'versions', 'replicas', 'protocol', 'namespace', 'port', 'sidecar'],
    ['shop', 'v1, v2', '2', '', '', '8080', 'no'],
    ['cart.prod', '', '', 'grpc', '', '', ''],
  ]
  expect(readEchoTable(rows, 'default')).toEqual([
    { name: 'shop', namespace: 'default', versions: ['v1', 'v2'], replicas: 2, protocol: 'http', port: 8080, sidecar: false },
    { name: 'cart', namespace: 'prod', versions: [''], replicas: 1, protocol: 'grpc', port: 80, sidecar: true },
  ])
})

test('only the name is needed', () => expect(readEchoTable([['service'], ['shop']], 'default')).toEqual([{ ...plain, name: 'shop' }]))

const refused: { rows: string[][]; says: RegExp }[] = [
  {
    rows: [
      ['service', 'color'],
      ['shop', 'red'],
    ],
    says: /no column "color"/,
  },
  { rows: [['versions'], ['v1']], says: /needs a column "service"/ },
  { rows: [['service'], ['shop:v1']], says: /versions stand in a column of their own/ },
  { rows: [['service'], ['The Shop']], says: /no name of a service/ },
  {
    rows: [
      ['service', 'replicas'],
      ['shop', '0'],
    ],
    says: /whole number from 1, not "0"/,
  },
  {
    rows: [
      ['service', 'sidecar'],
      ['shop', 'perhaps'],
    ],
    says: /yes or no/,
  },
]
for (const { rows, says } of refused) test(`refused: ${says}`, () => expect(() => readEchoTable(rows, 'default')).toThrow(says))

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

import { expect, test } from 'vitest'
import { readEchoTable } from './echo-services.ts'

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

test('an account of its own', () => {
  const rows = [
    ['service', 'service account'],
    ['shop', 'till'],
    ['cart', ''],
  ]
  expect(readEchoTable(rows, 'default')).toEqual([
    { ...plain, name: 'shop', serviceAccount: 'till' },
    { ...plain, name: 'cart' },
  ])
})

test('only the name is needed', () => expect(readEchoTable([['service'], ['shop']], 'default')).toEqual([{ ...plain, name: 'shop' }]))

test('versions of a service may stand in rows of their own, and namespaces have namesakes', () => {
  const rows = [
    ['service', 'versions', 'port', 'namespace'],
    ['shop', 'v1', '80', ''],
    ['shop', 'v2', '80', ''],
    ['shop', 'v1', '8080', 'other'],
  ]
  expect(readEchoTable(rows, 'default').map(({ versions, port }) => [...versions, port])).toEqual([
    ['v1', 80],
    ['v2', 80],
    ['v1', 8080],
  ])
})

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
      ['service', 'versions'],
      ['shop', 'v1,,v2'],
    ],
    says: /a version without a name: "v1,,v2"/,
  },
  {
    rows: [
      ['service', 'versions'],
      ['shop', 'v1, v1'],
    ],
    says: /names "v1" twice/,
  },
  {
    rows: [
      ['service', 'port'],
      ['shop', '65536'],
    ],
    says: /whole number from 1 to 65535, not "65536"/,
  },
  {
    rows: [
      ['service', 'port'],
      ['shop', '80'],
      ['shop', '8080'],
    ],
    says: /"shop" stands in two rows, with the ports 80 and 8080/,
  },
  {
    rows: [
      ['service', 'protocol'],
      ['shop', 'http'],
      ['shop', 'tcp'],
    ],
    says: /with the protocols http and tcp/,
  },
  {
    rows: [
      ['service', 'protocol'],
      ['shop', 'htpp'],
    ],
    says: /"htpp" is no protocol/,
  },
  {
    rows: [
      ['service', 'sidecar'],
      ['shop', 'perhaps'],
    ],
    says: /yes or no/,
  },
  {
    rows: [
      ['service', 'service account'],
      ['shop', 'cluster.local/ns/default/sa/till'],
    ],
    says: /no name of a service account/,
  },
]
for (const { rows, says } of refused) test(`refused: ${says}`, () => expect(() => readEchoTable(rows, 'default')).toThrow(says))

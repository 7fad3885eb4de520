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

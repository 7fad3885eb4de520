import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { addressOfEntry, foreignAddresses, isServedHost } from './served-host.ts'

const object = (kind: string, spec: object, apiVersion = 'networking.istio.io/v1'): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'one' }, spec }) as unknown as KubeObject
const own = { hosts: ['nginx.example.com'], resolution: 'STATIC', workloadSelector: { labels: { app: 'nginx' } } }
const fixed = { hosts: ['nginx.example.com'], resolution: 'STATIC' }
const pods = new Set(['10.1.2.3'])

test.each([
  ['nginx.example.com', own, true],
  ['nginx.example.com:8080', own, true],
  ['www.example.com', own, false],
  ['example.com', { ...own, hosts: ['*.example.com'] }, false],
  ['www.example.com', { ...own, hosts: ['*.example.com'] }, true],
  ['nginx.example.com', { ...fixed, endpoints: [{ address: '10.1.2.3' }] }, true],
  ['nginx.example.com', { ...fixed, endpoints: [{ address: '10.1.2.3' }, { address: '192.0.2.1' }] }, false],
  ['nginx.example.com', fixed, false],
  // Whoever is to ask a DNS learns nothing from one that does not know the name.
  ['nginx.example.com', { ...fixed, resolution: 'DNS', endpoints: [{ address: '10.1.2.3' }] }, false],
  ['nginx.example.com', { ...own, resolution: 'NONE' }, false],
])('%s with %j: %s', (authority, spec, served) => {
  expect(isServedHost(authority, [object('ServiceEntry', spec)], pods)).toBe(served)
})

test('a workload that is selected is to be a pod of the run', () => {
  const entry = object('ServiceEntry', own)
  const workload = (address: string, app = 'nginx') => object('WorkloadEntry', { address, labels: { app, version: 'v1' } })
  expect(isServedHost('nginx.example.com', [entry, workload('10.1.2.3')], pods)).toBe(true)
  expect(isServedHost('nginx.example.com', [entry, workload('192.0.2.11')], pods)).toBe(false)
  expect(isServedHost('nginx.example.com', [entry, workload('192.0.2.11', 'other')], pods)).toBe(true)
})

test('an entry of another API is none', () => {
  expect(isServedHost('nginx.example.com', [object('ServiceEntry', own, 'example.com/v1')], pods)).toBe(false)
})

test.each([
  ['nginx.example.com', { ...fixed, endpoints: [{ address: '10.1.2.3' }, { address: '192.0.2.1' }] }, ['192.0.2.1']],
  ['nginx.example.com:80', { ...fixed, endpoints: [{ address: '10.1.2.3' }] }, []],
  ['nginx.example.com', { ...fixed, endpoints: [{ address: 'other.example.com' }, { address: '2001:db8::1' }] }, ['2001:db8::1']],
  ['www.example.com', { ...fixed, endpoints: [{ address: '192.0.2.1' }] }, []],
])('addresses of %s with %j that are none of the run: %j', (authority, spec, foreign) => {
  expect(foreignAddresses(authority, [object('ServiceEntry', spec)], pods)).toEqual(foreign)
})

test.each([
  [{ ...fixed, addresses: ['240.240.0.9'] }, '240.240.0.9'],
  [{ ...fixed, addresses: ['10.0.0.0/8', '240.240.0.9'] }, '240.240.0.9'],
  [{ ...fixed, addresses: ['10.0.0.0/8'] }, null],
  [fixed, null],
])('a name is where its entry says: %j', (spec, address) => {
  expect(addressOfEntry('nginx.example.com', [object('ServiceEntry', spec)])).toBe(address)
})

test('addresses of machines that an entry selects', () => {
  const entry = object('ServiceEntry', own)
  const machine = (address: string, app = 'nginx') => object('WorkloadEntry', { address, labels: { app } })
  expect(foreignAddresses('nginx.example.com', [entry, machine('192.0.2.11'), machine('10.1.2.3'), machine('192.0.2.12', 'other')], pods)).toEqual([
    '192.0.2.11',
  ])
})

import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { isServedHost } from './served-host.ts'

const entry = (spec: object, apiVersion = 'networking.istio.io/v1'): KubeObject =>
  ({ apiVersion, kind: 'ServiceEntry', metadata: { name: 'one' }, spec }) as unknown as KubeObject
const own = { hosts: ['nginx.example.com'], resolution: 'STATIC', workloadSelector: { labels: { app: 'nginx' } } }
const endpoints = [{ address: '10.1.2.3' }]

test.each([
  ['nginx.example.com', own, true],
  ['nginx.example.com:8080', own, true],
  ['www.example.com', own, false],
  ['example.com', { ...own, hosts: ['*.example.com'] }, false],
  ['www.example.com', { ...own, hosts: ['*.example.com'] }, true],
  ['nginx.example.com', { hosts: ['nginx.example.com'], resolution: 'STATIC', endpoints }, true],
  ['nginx.example.com', { hosts: ['nginx.example.com'], resolution: 'STATIC' }, false],
  // Whoever is to ask a DNS learns nothing from one that does not know the name.
  ['nginx.example.com', { hosts: ['nginx.example.com'], resolution: 'DNS', endpoints }, false],
  ['nginx.example.com', { ...own, resolution: 'NONE' }, false],
])('%s with %j: %s', (authority, spec, served) => {
  expect(isServedHost(authority, [entry(spec)])).toBe(served)
})

test('an entry of another API is none', () => {
  expect(isServedHost('nginx.example.com', [entry(own, 'example.com/v1')])).toBe(false)
})

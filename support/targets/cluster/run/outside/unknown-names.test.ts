import { beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { UnknownNames } from './unknown-names.ts'

const object = (kind: string, spec: object = {}): KubeObject =>
  ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'one' }, spec }) as unknown as KubeObject
const entry = object('ServiceEntry', { hosts: ['edition.cnn.com'], resolution: 'DNS' })
const host = 'edition.cnn.com'

let names: UnknownNames
beforeEach(() => {
  names = new UnknownNames()
  names.add(host, [entry])
})

test('what a request has shown holds for the next one in like circumstances', () => {
  expect(names.has(host, [entry])).toBe(true)
  expect(names.has(host, [entry, object('DestinationRule')])).toBe(true)
  expect(names.has('www.cnn.com', [entry])).toBe(false)
})

test('without an entry, and with one, DNS may know different names', () => {
  expect(names.has(host, [])).toBe(false)
  names.add(host, [])
  expect(names.has(host, [])).toBe(true)
})

test.each(['VirtualService', 'HTTPRoute', 'TLSRoute', 'EnvoyFilter', 'Sidecar', 'Service'])('with a %s the mesh is asked', (kind) =>
  expect(names.has(host, [entry, object(kind)])).toBe(false),
)

test('so it is where an entry has addresses', () => {
  expect(names.has(host, [entry, object('ServiceEntry', { hosts: [host], resolution: 'STATIC' })])).toBe(false)
})

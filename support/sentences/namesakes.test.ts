import { expect, test } from 'vitest'
import type { Resource } from '../../mesh-core/config/resource.ts'
import { amongNamesakes } from './namesakes.ts'
import { formatServiceRef, parseServiceRef } from './service-ref.ts'

const service = (name: string, namespace: string, spec: object = { selector: { app: name } }): Resource =>
  ({ kind: 'Service', name, namespace, object: { spec } }) as unknown as Resource

const resources = [
  service('shop', 'default'),
  service('shop', 'east'),
  service('bank', 'east'),
  service('bank', 'west'),
  service('till', 'default'),
  service('depot', 'west'),
  service('depot', 'default', { type: 'ExternalName' }),
]

test.each([
  ['of several the one of its own namespace', 'shop:v2', 'shop.default:v2'],
  ['a namespace that is named', 'shop.east', 'shop.east'],
  ['of several of other namespaces each', 'bank', 'bank'],
  ['the only one', 'till', 'till'],
  ['the only one, of another namespace', 'depot', 'depot'],
  ['one that there is not', 'nobody', 'nobody'],
])('%s', (_, said, meant) => {
  expect(formatServiceRef(amongNamesakes(parseServiceRef(said), resources, 'default'))).toBe(meant)
})

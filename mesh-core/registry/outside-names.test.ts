import { expect, test } from 'vitest'
import { createMesh } from '../create-mesh.ts'
import { prefixLength } from '../ir/address-range.ts'

/** That people write into manifests. Source: RFC 5737. */
const forDocumentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24']

test('names that the mesh does not know have addresses of their own, which nobody writes into a manifest', () => {
  const { registry } = createMesh({})
  const addresses = Array.from({ length: 300 }, (_, i) => registry.resolve(`host-${i}.example.com`, 'default')!)
  expect(new Set(addresses).size).toBe(300)
  expect(addresses.filter((address) => forDocumentation.some((range) => prefixLength(range, address) >= 0))).toEqual([])
  expect(registry.resolve('host-7.example.com', 'other')).toBe(addresses[7])
})

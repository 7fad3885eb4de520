import { expect, test } from 'vitest'
import { document, plainDocument } from './generate/document.ts'
import { withMirroredEndpoints } from './mirrored-endpoints.ts'

test('of Endpoints slices are made, and all else stays', () => {
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }]
  const service = document('Service', 'a', 'default', {})
  const subsets = [{ addresses: [{ ip: '192.0.2.1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports }]
  const [first, slice, ...rest] = withMirroredEndpoints([service, plainDocument('v1', 'Endpoints', 'a', 'default', { subsets })])
  expect([first, rest]).toEqual([service, []])
  expect(slice).toEqual({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'a-0', namespace: 'default', labels: { 'kubernetes.io/service-name': 'a' } },
    addressType: 'IPv4',
    endpoints: [
      { addresses: ['192.0.2.1'], conditions: { ready: true } },
      { addresses: ['192.0.2.2'], conditions: { ready: false } },
    ],
    ports,
  })
})

import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import { addresseeAt } from './original-destination.ts'

const config = `
apiVersion: v1
kind: Service
metadata: {name: b}
spec: {selector: {app: b}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b-1, labels: {app: b}}
spec: {containers: [{name: app, image: echo, ports: [{containerPort: 8080}]}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: again}
spec:
  hosts: [b.default.svc.cluster.local]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.21}]
`

test('what a ServiceEntry adds to the host of a Service is not behind the address of the Service', () => {
  const mesh = createMesh()
  mesh.apply(readText(config, 'b.yaml').resources)
  const { registry } = mesh
  const service = registry.service('b.default.svc.cluster.local')!
  expect(registry.endpoints(service, 80).map(({ address }) => address)).toContain('192.0.2.21')
  const counts: number[] = []
  const found = addresseeAt(registry, service.address, 80, (count) => {
    counts.push(count)
    return 0
  })
  expect(counts).toEqual([1])
  expect(found).toMatchObject({ address: registry.workloads[0]!.address, port: 8080 })
})

import { expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'

const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ext, namespace: default}
spec:
  hosts: [ext.example.com]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 192.0.2.1}, {address: 192.0.2.2, network: two}]
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: default}
spec: {address: 192.0.2.3, network: two}
`
const gateway = (labels: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: eastwest, namespace: istio-system, labels: {${labels}}}
spec: {type: LoadBalancer, ports: [{name: tls, port: 15443}]}
`
const message = (resource: string): string =>
  `${resource}: network is not modelled where a gateway leads into one, as Service istio-system/eastwest does: everybody is reached directly here`

test.each<[about: string, text: string, messages: readonly string[]]>([
  ['no gateway leads into it', `${entry}${gateway('app: a')}`, []],
  ['one does', `${entry}${gateway('topology.istio.io/network: two')}`, [message('ServiceEntry default/ext'), message('WorkloadEntry default/vm')]],
])('networks of endpoints: %s', (_, text, messages) => {
  const mesh = createMesh({})
  const { resources, errors } = readText(text, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  expect(mesh.notModelled.map(({ resource, message }) => `${resource}: ${message}`)).toEqual(messages)
})

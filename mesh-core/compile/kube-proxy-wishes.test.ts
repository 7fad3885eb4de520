import { expect, test } from 'vitest'
import { readText } from '../config/load.ts'
import { createMesh } from '../create-mesh.ts'

const service = (wish: string): string => `
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: default}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}], ${wish}}
`
const pods = (name: string, more: string, annotations = ''): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: default}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}, annotations: {${annotations}}}, spec: {${more} containers: [{name: app, image: echo}]}}
`
const machine = `---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: vm, namespace: default}
spec: {address: 192.0.2.1, labels: {app: shop}}
`
const without = 'sidecar.istio.io/inject: "false"'
const sticky = 'sessionAffinity: ClientIP'
const local = 'internalTrafficPolicy: Local'

const ofKubeProxy = (field: string): string =>
  `spec.${field} is not modelled for clients without a sidecar, such as plain: kube-proxy chooses for them`
const ofNodes = (name: string): string =>
  `spec.internalTrafficPolicy is not modelled where it is not said which nodes pods are on: write nodeName for ${name}`

test.each<[about: string, text: string, messages: readonly string[]]>([
  ['proxies look at no affinity', `${service(sticky)}${pods('shop', '')}`, []],
  ['kube-proxy does', `${service(sticky)}${pods('shop', '')}${pods('plain', '', without)}`, [ofKubeProxy('sessionAffinity')]],
  ['None is none', `${service('sessionAffinity: None, internalTrafficPolicy: Cluster')}${pods('plain', '', without)}`, []],
  ['nodes are known', `${service(local)}${pods('shop', 'nodeName: a,')}${pods('client', 'nodeName: b,')}`, []],
  ['not those of endpoints', `${service(local)}${pods('shop', '')}${pods('client', 'nodeName: b,')}`, [ofNodes('shop')]],
  ['not those of clients', `${service(local)}${pods('shop', 'nodeName: a,')}${pods('client', '')}`, [ofNodes('client')]],
  ['not those of machines', `${service(local)}${machine}${pods('client', 'nodeName: b,')}`, [ofNodes('shop')]],
  [
    'a client without a sidecar',
    `${service(local)}${pods('shop', 'nodeName: a,')}${pods('plain', '', without)}`,
    [ofKubeProxy('internalTrafficPolicy')],
  ],
])('wishes to kube-proxy: %s', (_, text, messages) => {
  const mesh = createMesh({})
  const { resources, errors } = readText(text, 'world.yaml')
  expect(errors).toEqual([])
  mesh.apply(resources)
  expect(mesh.notModelled.map(({ message }) => message)).toEqual(messages)
})

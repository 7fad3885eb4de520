import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { danglingRules } from './dangling-rules.ts'

const mesh = (rules: string): string => `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template: {metadata: {labels: {app: shop, version: v1}}, spec: {containers: [{name: app, image: echo}]}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec:
  host: shop
  subsets:
  - {name: one, labels: {version: v1}}
  - {name: seven, labels: {version: v7}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec: {hosts: [shop], http: ${rules}}
`
const told = (rules: string): readonly string[] => danglingRules(readText(mesh(rules), 'mesh.yaml').resources)

test.each([
  ['a subset with pods', '[{route: [{destination: {host: shop, subset: one}}]}]', []],
  ['a subset without', '[{route: [{destination: {host: shop, subset: seven}}]}]', ['spec.subsets[1]: subset seven selects no pod']],
  ['a subset that is not there', '[{route: [{destination: {host: shop, subset: two}}]}]', ['there is no subset']],
  ['a host that is not there', '[{route: [{destination: {host: shpo}}]}]', ['there is no host "shpo"']],
  ['a host of a namespace of which nothing is known', '[{route: [{destination: {host: till.other.svc.cluster.local}}]}]', []],
  ['a delegate', '[{delegate: {name: leaf}}]', ['http[0]: there is no delegate default/leaf']],
])('a rule that names %s', (_, rules, wanted) => {
  const found = told(rules)
  expect(found.map((text, i) => (text.includes(wanted[i] ?? '?') ? wanted[i] : text))).toEqual(wanted)
})

import { expect, test } from 'vitest'
import { createMesh } from '../create-mesh.ts'
import { readText } from '../config/load.ts'
import { discoveryOf } from './discovery.ts'

const namespaces = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: lab, labels: {team: lab, stage: test}}
`

function read(text: string): ReturnType<typeof readText>['resources'] {
  const { resources, errors } = readText(text, 'a.yaml')
  expect(errors).toEqual([])
  return resources
}

const meshConfig = (selectors: string): string => `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\n${selectors}\n`

const cases: readonly { selectors: string; discovers: string[] }[] = [
  { selectors: 'discoverySelectors: [{matchLabels: {team: shop}}]', discovers: ['shop'] },
  {
    selectors: 'discovery_selectors: [{matchLabels: {team: shop}}, {matchExpressions: [{key: stage, operator: Exists}]}]',
    discovers: ['shop', 'lab'],
  },
  { selectors: 'discoverySelectors: [{matchLabels: {team: lab, stage: live}}]', discovers: [] },
  { selectors: 'discoverySelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [lab]}]}]', discovers: ['shop', 'unwritten'] },
  // Kubernetes puts the name on every namespace as a label.
  { selectors: 'discoverySelectors: [{matchLabels: {kubernetes.io/metadata.name: unwritten}}]', discovers: ['unwritten'] },
  { selectors: 'discoverySelectors: [{}]', discovers: ['shop', 'lab', 'unwritten'] },
]

for (const { selectors, discovers } of cases)
  test(selectors, () => {
    const discovery = discoveryOf(read(namespaces + meshConfig(selectors)))!
    expect(['shop', 'lab', 'unwritten'].filter(discovery)).toEqual(discovers)
  })

test('without selectors every namespace is looked into', () => {
  expect(discoveryOf(read(namespaces + meshConfig('discoverySelectors: []')))).toBeNull()
  expect(discoveryOf(read(namespaces))).toBeNull()
})

const workload = (name: string, namespace: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}, sidecar.istio.io/inject: "true"}}, spec: {containers: [{name: app, image: echo}]}}
`

const entryOf = (namespace: string): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: out, namespace: ${namespace}}
spec: {hosts: [${namespace}.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 192.0.2.1}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: rule, namespace: ${namespace}}
spec: {hosts: [${namespace}.new], http: [{name: of-${namespace}, route: [{destination: {host: web.shop.svc.cluster.local}}]}]}
`

test('services, entries and rules of other namespaces are unknown to proxies, their pods are there', async () => {
  const mesh = createMesh()
  const base = namespaces + workload('web', 'shop') + workload('tool', 'lab') + entryOf('shop') + entryOf('lab')
  mesh.apply(read(base))
  const client = { namespace: 'shop', name: 'web', instance: 'web' }
  const known = (): string[] => Object.keys(mesh.proxyConfig(client)!.clusters).sort()
  const all = known()
  expect(all).toContain('outbound|80||tool.lab.svc.cluster.local')
  mesh.apply(read(meshConfig('discoverySelectors: [{matchLabels: {team: shop}}]')))
  expect(all.filter((name) => !known().includes(name))).toEqual(['outbound|80||lab.example.com', 'outbound|80||tool.lab.svc.cluster.local'])
  const routes = JSON.stringify(mesh.proxyConfig(client)!.routeTables)
  expect([routes.includes('of-shop'), routes.includes('of-lab')]).toEqual([true, false])
  // DNS and kube-proxy lead there all the same.
  expect(mesh.registry.service('tool.lab.svc.cluster.local')).toBeDefined()
  const call = { from: { kind: 'workload', ref: client }, method: 'GET', url: 'http://tool.lab/', headers: {}, body: '', timeoutMs: null } as const
  const { response, hops } = await mesh.send(call)
  expect([response?.status, hops.map(({ to }) => to?.name)]).toEqual([200, ['tool']])
  mesh.apply(read(meshConfig('discoverySelectors: []')))
  expect(known()).toEqual(all)
})

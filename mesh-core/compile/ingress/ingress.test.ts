import { describe, expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Exchange } from '../../ir/exchange.ts'
import type { Mesh } from '../../mesh.ts'

const world = `
apiVersion: v1
kind: Service
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec: {selector: {istio: ingressgateway}, ports: [{name: http, port: 80, targetPort: 8080}, {name: https, port: 443, targetPort: 8443}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-ingressgateway, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  template: {metadata: {labels: {istio: ingressgateway}}, spec: {containers: [{name: istio-proxy, image: proxyv2, args: [proxy, router]}]}}
---
${['shop', 'rest']
  .map(
    (name) => `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: a, image: a}]}}}`,
  )
  .join('\n---\n')}
`

const backend = '{service: {name: shop, port: {number: 80}}}'
const old = '{serviceName: shop, servicePort: http}'
const ingress = (spec: string, metadata = '', api = 'networking.k8s.io/v1'): string =>
  `apiVersion: ${api}\nkind: Ingress\nmetadata: {name: shop${metadata}}\nspec: ${spec}`
const ingressClass = (name: string, controller: string, annotations = ''): string =>
  `apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ${name}${annotations}}\nspec: {controller: ${controller}}`
const ofIstio = ', annotations: {kubernetes.io/ingress.class: istio}'
const isDefault = ', annotations: {ingressclass.kubernetes.io/is-default-class: "true"}'
const anyPath = `{rules: [{http: {paths: [{path: /, pathType: Prefix, backend: ${backend}}]}}]}`

function meshWith(documents: readonly string[], spec = false): Mesh {
  const mesh = createMesh({ spec })
  mesh.apply(readText([world, ...documents].join('\n---\n'), 'ingress.yaml').resources)
  return mesh
}

function ask(mesh: Mesh, path: string, host = 'shop.test'): Promise<Exchange> {
  const ref = { namespace: 'istio-system', name: 'istio-ingressgateway', instance: 'istio-ingressgateway' }
  return mesh.send({ from: { kind: 'gateway', ref }, method: 'GET', url: `http://${host}${path}`, headers: {}, body: '', timeoutMs: null })
}

async function statusOf(documents: readonly string[], path = '/', host = 'shop.test', spec = false): Promise<number | undefined> {
  return (await ask(meshWith(documents, spec), path, host)).response?.status
}

describe('who serves an Ingress', () => {
  const mode = (text: string): string =>
    `apiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nmetadata: {name: mesh}\ningressControllerMode: ${text}`
  test.each([
    ['without a class nobody', [ingress(anyPath)], undefined],
    ['the annotation of Istio', [ingress(anyPath, ofIstio)], 200],
    ['the annotation of somebody else', [ingress(anyPath, ', annotations: {kubernetes.io/ingress.class: nginx}')], undefined],
    ['a class of Istio', [ingressClass('mesh', 'istio.io/ingress-controller'), ingress(`{ingressClassName: mesh, ${anyPath.slice(1)}`)], 200],
    ['a class of somebody else', [ingressClass('web', 'k8s.io/ingress-nginx'), ingress(`{ingressClassName: web, ${anyPath.slice(1)}`)], undefined],
    ['a class that there is not', [ingress(`{ingressClassName: mesh, ${anyPath.slice(1)}`)], undefined],
    ['a class that there is not, where Istio takes all', [mode('DEFAULT'), ingress(`{ingressClassName: mesh, ${anyPath.slice(1)}`)], 200],
    ['the default class, of Istio', [ingressClass('mesh', 'istio.io/ingress-controller', isDefault), ingress(anyPath)], 200],
    ['the default class, of somebody else', [mode('DEFAULT'), ingressClass('web', 'k8s.io/ingress-nginx', isDefault), ingress(anyPath)], undefined],
    ['without a class, where Istio takes all', [mode('DEFAULT'), ingress(anyPath)], 200],
    ['with a class, where Istio takes none', [mode('"OFF"'), ingress(anyPath, ofIstio)], undefined],
  ])('%s', async (_, documents, status) => expect(await statusOf(documents)).toBe(status))

  test('a class that there is not, as specified', async () => {
    const documents = [mode('DEFAULT'), ingress(`{ingressClassName: mesh, ${anyPath.slice(1)}`)]
    expect(await statusOf(documents, '/', 'shop.test', true)).toBe(undefined)
  })
})

describe.each([
  ['networking.k8s.io/v1', backend],
  ['networking.k8s.io/v1beta1', old],
  ['extensions/v1beta1', old],
])('%s', (api, to) => {
  const paths = (text: string): string[] => [ingress(`{rules: [{host: shop.test, http: {paths: [{${text}, backend: ${to}}]}}]}`, ofIstio, api)]

  test.each([
    ['path: /a, pathType: Exact', { '/a': 200, '/a/': 404, '/a/b': 404, '/A': 404 }],
    ['path: /a, pathType: Prefix', { '/a': 200, '/a/b': 200, '/ab': 404, '/b': 404 }],
    ['path: /a/, pathType: Prefix', { '/a': 200, '/a/b': 200, '/ab': 404 }],
    ['path: /a/*, pathType: ImplementationSpecific', { '/a/b': 200, '/b': 404 }],
  ])('a path of {%s}', async (text, wanted) => {
    const mesh = meshWith(paths(text))
    for (const [path, status] of Object.entries(wanted)) expect([path, (await ask(mesh, path)).response?.status]).toEqual([path, status])
  })

  test('hosts', async () => {
    const rules = `{rules: [{host: "*.shop.test", http: {paths: [{path: /, pathType: Prefix, backend: ${to}}]}}]}`
    const mesh = meshWith([ingress(rules, ofIstio, api)])
    for (const [host, status] of Object.entries({ 'a.shop.test': 200, 'shop.test': 404, 'a.b.shop.test': 200, 'a.other.test': 404 }))
      expect([host, (await ask(mesh, '/', host)).response?.status]).toEqual([host, status])
  })

  test('what no rule takes goes to the default backend by the specification, and with istiod nowhere', async () => {
    const rest =
      api === 'networking.k8s.io/v1' ? 'defaultBackend: {service: {name: rest, port: {number: 80}}}' : 'backend: {serviceName: rest, servicePort: 80}'
    const documents = [ingress(`{${rest}, rules: [{host: shop.test, http: {paths: [{path: /a, pathType: Exact, backend: ${to}}]}}]}`, ofIstio, api)]
    expect(await statusOf(documents, '/', 'other.test', true)).toBe(200)
    expect(await statusOf(documents, '/', 'other.test')).toBe(404)
  })
})

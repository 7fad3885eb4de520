import { expect, test } from 'vitest'
import { readText } from '../../mesh-core/config/read.ts'
import { CoreSession } from '../targets/core/session.ts'
import { whatConfigSays, whatMayBeWhy } from './what-may-be-why.ts'

const service = (name: string, namespace = 'default'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {selector: {app: ${name}}, ports: [{port: 80, name: http}, {port: 9080, name: http-b}]}\n---\n`
const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}-1, labels: {app: ${name}}}\nspec: {containers: [{name: a, image: a}]}\n---\n`
const gateway =
  'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: front}\nspec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n---\n'
const rule = (gateways: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: rule}\nspec: {hosts: [shop.example.com], ${gateways}http: [{match: [{uri: {prefix: /in}}], route: [{destination: {host: shop, port: {number: 80}}}]}]}\n---\n`
const mesh = service('frontend') + service('shop') + service('stock', 'prod') + pod('frontend') + pod('shop')
const frontend = { kind: 'service', service: { name: 'frontend', namespace: null, version: null } } as const

/** Sends one request through a mesh with that config. */
async function why(text: string, target: string, from: typeof frontend | { readonly kind: 'client' } = frontend): Promise<readonly string[]> {
  const session = new CoreSession({ seed: 1, spec: false })
  const { resources } = readText(mesh + text, 'mesh.yaml')
  await session.apply(resources)
  const exchange = await session.send({ from, method: 'GET', target, headers: {}, body: '' })
  return whatMayBeWhy(
    { exchanges: [exchange, exchange], isFromClient: from.kind === 'client' },
    { resources: session.resources(), given: resources, statuses: session.statuses() },
  )
}

test.each([
  ['a name of another namespace', 'http://stock/', ['DNS knows no "stock" in the sender\'s namespace; there is stock.prod']],
  ['a misspelt one', 'http://shopp:9080/', ['DNS knows no "shopp" in the sender\'s namespace; did you mean "shop"?']],
  ['one like no other', 'http://elsewhere/', ['DNS knows no "elsewhere" in the sender\'s namespace']],
  ['a port that the service has not', 'http://shop:8000/', ['shop.default has no port 8000; it has 80, 9080']],
  ['one that it has', 'http://shop:9080/', []],
  ['the port of the scheme', 'http://shop/', []],
  ['that of https', 'https://shop/', ['shop.default has no port 443; it has 80, 9080']],
] as const)('%s', async (_, target, reasons) => expect(await why('', target)).toEqual(reasons))

test.each([
  ['a Sidecar of its own shows that alone', 'metadata: {name: own}\nspec: {egress: [{hosts: ["./*"]}]}', 'the egress of Sidecar default/own'],
  [
    'one of the root namespace does',
    'metadata: {name: all, namespace: istio-system}\nspec: {egress: [{hosts: ["./*"]}]}',
    'the egress of Sidecar istio-system/all',
  ],
] as const)('a service of another namespace, where %s', async (_, text, reason) => {
  const sidecar = `apiVersion: networking.istio.io/v1\nkind: Sidecar\n${text}\n---\n`
  expect(await why(sidecar, 'http://stock.prod/')).toEqual([`stock.prod is there, and hidden from frontend-1.default: look at ${reason}`])
  expect(await why(sidecar, 'http://shop/')).toEqual([])
})

test('a service that is exported to nobody else', async () => {
  const hidden = service('till', 'prod').replace('namespace: prod}', 'namespace: prod, annotations: {networking.istio.io/exportTo: "."}}')
  expect(await why(hidden, 'http://till.prod/')).toEqual([
    'till.prod is there, and hidden from frontend-1.default: look at its networking.istio.io/exportTo',
  ])
})

test('a sender without a sidecar', async () => {
  const plain =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: frontend-1, labels: {app: frontend, sidecar.istio.io/inject: "false"}}\nspec: {containers: [{name: a, image: a}]}\n---\n'
  expect(await why(plain, 'http://shop/')).toEqual(['what frontend-1.default sends here passes no sidecar: no rule acts on it'])
})

test.each([
  ['rules for the mesh alone', rule(''), '/in', true],
  ['the same, said', rule('gateways: [mesh], '), '/in', true],
  ['rules that are bound to the gateway', rule('gateways: [front], '), '/out', false],
  ['to both', rule('gateways: [mesh, front], '), '/out', false],
  ['no rules for the host', '', '/in', false],
])('%s, asked for from outside', async (_, rules, path, isUnbound) => {
  const said = 'VirtualService default/rule names no gateways, and acts in the mesh alone: bind it by spec.gateways'
  expect(await why(gateway + rules, `http://shop.example.com${path}`, { kind: 'client' })).toEqual(isUnbound ? [said] : [])
})

test('of a mesh that is not known whole, what its config and its controllers say by themselves', async () => {
  const session = new CoreSession({ seed: 1, spec: false })
  const text =
    mesh +
    pod('legacy').replace('app: legacy', 'app: legacy, sidecar.istio.io/inject: "false"') +
    service('legacy') +
    'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: strict}\nspec: {mtls: {mode: STRICT}}\n---\n' +
    'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: shop}\nspec: {parentRefs: [{group: "", kind: Service, name: shop, port: 80}], rules: [{backendRefs: [{name: nobody, port: 80}]}]}\n'
  const { resources } = readText(text, 'mesh.yaml')
  await session.apply(resources)
  const from = { kind: 'service', service: { name: 'legacy', namespace: null, version: null } } as const
  const exchange = await session.send({ from, method: 'GET', target: 'http://shop/', headers: {}, body: '' })
  const config = { resources: session.resources(), given: resources, statuses: session.statuses() }
  const told = whatConfigSays({ exchanges: [exchange], isFromClient: false }, config)
  expect(told[0]).toBe('shop.default takes mutual TLS alone: PeerAuthentication default/strict; who comes without it is cut off')
  expect(told[1]).toMatch(/^HTTPRoute default\/shop: ResolvedRefs is False, BackendNotFound/)
  expect(whatConfigSays({ exchanges: [exchange], isFromClient: false }, { ...config, resources: [], given: [] })).toEqual([])
})

test('what rules name that is nowhere, of those that took the request', async () => {
  const lost =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: lost}\nspec: {hosts: [stock.prod.svc.cluster.local], http: [{route: [{destination: {host: nowhere}}]}]}\n---\n'
  expect(await why(lost, 'http://stock.prod/')).toEqual([expect.stringContaining('there is no host "nowhere"')])
  expect(await why(lost, 'http://shop/')).toEqual([])
})

const script = (code: string): string =>
  `apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: script}\nspec: {match: [{mode: CLIENT}], lua: {inlineCode: ${JSON.stringify(code)}}}\n---\n`

test('a script that has answered is named, with who runs it', async () => {
  expect(await why(script('function envoy_on_request(h) h:respond({[":status"] = "418"}, "") end'), 'http://shop/')).toEqual([
    'a script at frontend-1.default has answered (lua_response): look at TrafficExtension default/script',
  ])
  expect(await why(script('function envoy_on_request(h) h:headers():add("a", "b") end'), 'http://shop/')).toEqual([])
})

test('a script that Envoy refuses is told, and no service is said to be hidden', async () => {
  const [first, ...others] = await why(script('function envoy_on_request('), 'http://shop/')
  expect(first).toMatch(/^mesh\.yaml:\d+:\d+ BROKEN_SCRIPT TrafficExtension default\/script spec\.lua\.inlineCode: .*: line 1: /)
  expect(others).toEqual([])
})

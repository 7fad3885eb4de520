import { describe, expect, test } from 'vitest'
import { readText } from '../../config/read.ts'
import { refOf } from '../../config/resource.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Mesh } from '../../mesh.ts'

const pods = (name: string, namespace = 'shop'): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${name}, containers: [{name: app, image: echo}]}}
`
const world = `
apiVersion: v1
kind: Service
metadata: {name: books, namespace: shop}
spec: {selector: {app: books}, ports: [{name: http, port: 80, targetPort: 8080}, {name: tcp, port: 90, targetPort: 9090}]}
${pods('books')}${pods('reader')}${pods('other', 'else')}`

const policy = (spec: string, metadata = '{name: p, namespace: shop}'): string =>
  `---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: ${metadata}\nspec: ${spec}\n`

function mesh(...policies: readonly string[]): Mesh {
  const made = createMesh({})
  const { resources, errors } = readText(world + policies.join(''), 'world.yaml')
  expect(errors).toEqual([])
  made.apply(resources)
  return made
}

const from = (name: string, namespace: string) => ({ kind: 'workload', ref: { namespace, name, instance: name } }) as const

async function ask(made: Mesh, url = 'http://books.shop/', name = 'reader', headers: Record<string, string> = {}) {
  const namespace = name === 'other' ? 'else' : 'shop'
  return made.send({ from: from(name, namespace), method: 'GET', url, headers, body: '', timeoutMs: 1000 })
}

const statusOf = async (made: Mesh, ...call: [url?: string, name?: string, headers?: Record<string, string>]): Promise<number> =>
  (await ask(made, ...call)).response?.status ?? 0

describe('whom a policy is for', () => {
  test.each<[about: string, metadata: string, spec: string, status: number]>([
    ['its namespace', '{name: p, namespace: shop}', '{}', 403],
    ['another namespace', '{name: p, namespace: else}', '{}', 200],
    ['everybody', '{name: p, namespace: istio-system}', '{}', 403],
    ['who is selected', '{name: p, namespace: shop}', '{selector: {matchLabels: {app: books}}}', 403],
    ['who else is selected', '{name: p, namespace: shop}', '{selector: {matchLabels: {app: reader}}}', 200],
    ['a Gateway alone', '{name: p, namespace: shop}', '{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: books}]}', 200],
    ['a dry run', '{name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}}', '{}', 200],
    ['no dry run', '{name: p, namespace: shop, annotations: {istio.io/dry-run: "F"}}', '{}', 403],
  ])('%s', async (_, metadata, spec, status) => expect(await statusOf(mesh(policy(spec, metadata)))).toBe(status))
})

test.each<[about: string, source: string, reader: number, other: number]>([
  ['a principal', '{principals: ["cluster.local/ns/shop/sa/reader"]}', 200, 403],
  ['an end', '{principals: ["*/sa/reader"]}', 200, 403],
  ['anybody with a certificate', '{principals: ["*"]}', 200, 200],
  ['a namespace', '{namespaces: ["else"]}', 403, 200],
  ['a namespace with a wildcard', '{namespaces: ["sh*"]}', 200, 403],
  ['not a namespace', '{notNamespaces: ["else"]}', 200, 403],
  ['an account of its own namespace', '{serviceAccounts: ["reader"]}', 200, 403],
  ['an account of another', '{serviceAccounts: ["else/other"]}', 403, 200],
  ['a part of an account', '{serviceAccounts: ["read"]}', 403, 403],
  ['a trust domain', '{trustDomains: ["cluster.local"]}', 200, 200],
  ['two, both of which have to fit', '{namespaces: ["shop"], notPrincipals: ["*/sa/reader"]}', 403, 403],
])('who calls: %s', async (_, source, reader, other) => {
  const made = mesh(policy(`{rules: [{from: [{source: ${source}}]}]}`))
  expect([await statusOf(made), await statusOf(made, undefined, 'other')]).toEqual([reader, other])
})

test.each<[about: string, source: string, headers: Record<string, string>, status: number]>([
  ['the address of the connection', '{ipBlocks: [10.244.0.0/16]}', {}, 200],
  ['whoever the client is', '{ipBlocks: [10.244.0.0/16]}', { 'x-forwarded-for': '192.0.2.7' }, 200],
  ['another', '{ipBlocks: [192.0.2.0/24]}', {}, 403],
  ['not one', '{notIpBlocks: [10.244.0.0/16]}', {}, 403],
  ['the client, whom nobody names', '{remoteIpBlocks: [10.244.0.0/16]}', {}, 200],
  ['the client, as it is named last', '{remoteIpBlocks: [192.0.2.7]}', { 'x-forwarded-for': '10.244.0.3, 192.0.2.7' }, 200],
])('where it calls from: %s', async (_, source, headers, status) =>
  expect(await statusOf(mesh(policy(`{rules: [{from: [{source: ${source}}]}]}`)), undefined, 'reader', headers)).toBe(status),
)

test('a rule says why it does not let in', async () => {
  const rules = '[{from: [{source: {namespaces: [else]}}]}, {to: [{operation: {methods: [POST, PUT], paths: [/x]}}]}]'
  const { hops } = await ask(mesh(policy(`{rules: ${rules}}`)))
  expect(hops[0]).toMatchObject({ status: 403, to: null, inbound: { details: 'rbac_access_denied_matched_policy[none]' } })
  const { host, proxy, outcome, rules: tried } = hops[0]!.denial!()
  expect([host, proxy, outcome]).toEqual(['the sidecar of books.shop', 'reader.shop', 'no AuthorizationPolicy allows it'])
  expect(tried.map(({ reason }) => reason)).toEqual([
    'the caller is "spiffe://cluster.local/ns/shop/sa/reader", wanted a full match of /.*/ns/else/.*/',
    'method is "GET", wanted exactly "POST" or exactly "PUT"',
  ])
})

describe('connections of bytes', () => {
  test.each<[spec: string, error: string | null]>([
    ['{rules: [{to: [{operation: {ports: ["9090"]}}]}]}', null],
    ['{rules: [{to: [{operation: {ports: ["90"]}}]}]}', 'closed'],
    ['{rules: [{to: [{operation: {methods: [GET]}}]}]}', 'closed'],
    ['{action: DENY, rules: [{to: [{operation: {methods: [GET]}}]}]}', 'closed'],
    ['{action: DENY, rules: [{to: [{operation: {methods: [GET], ports: ["8080"]}}]}]}', null],
    ['{rules: [{from: [{source: {namespaces: [shop]}}]}]}', null],
    ['{rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]}', 'closed'],
  ])('%s', async (spec, error) => {
    const { hops, error: seen } = await ask(mesh(policy(spec)), 'tcp://books.shop:90')
    expect(seen).toBe(error)
    expect(hops[0]?.log?.flags).toBe('-')
  })
})

test('what is not modelled is told', () => {
  const metadata = policy('{rules: [{when: [{key: "experimental.envoy.filters.a.b[c]", values: [d]}]}]}', '{name: q, namespace: shop}')
  expect(mesh(metadata).notModelled.map(({ message }) => message)).toEqual(['spec.rules[0].when[0].key is not modelled'])
})

describe('an authorizer of gRPC', () => {
  const opa = (service: string): string =>
    `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nmetadata: {name: istio}\nextensionProviders: [{name: opa, envoyExtAuthzGrpc: {service: ${service}, port: 80}}]\n`
  const asks = (spec: string): string => policy(`{action: CUSTOM, provider: {name: opa}, ${spec}}`)
  const about = (port: number, ...parts: readonly string[]) => ask(mesh(...parts), `tcp://books.shop:${port}`)
  const there = opa('books.shop.svc.cluster.local')

  test('is asked about bytes that its rules fit: what answers no gRPC keeps them out', async () => {
    const guard = `---\napiVersion: v1\nkind: Service\nmetadata: {name: guard, namespace: else}\nspec: {selector: {app: other}, ports: [{name: grpc, port: 80}]}\n`
    const { error, hops } = await about(90, guard, opa('guard.else.svc.cluster.local'), asks('rules: [{}]'))
    expect(error).toBe('closed')
    expect(hops.map(({ to, inbound, asks }) => [to?.name ?? null, inbound?.flags, asks])).toEqual([
      [null, 'UAEX', undefined],
      ['other', '-', true],
    ])
    expect(hops[0]?.denial?.()).toMatchObject({ outcome: 'closed: the authorizer opa could not be asked' })
  })

  test.each([
    ['of others', there, asks('selector: {matchLabels: {app: other}}, rules: [{}]'), null],
    ['that its rules do not fit', there, asks('rules: [{to: [{operation: {ports: ["7777"]}}]}]'), null],
    ['where it is not there', opa('nobody.shop.svc.cluster.local'), asks('rules: [{}]'), 'closed'],
  ])('bytes %s', async (_, provider, asked, error) => expect(await about(90, provider, asked)).toMatchObject({ error }))
})

describe('an authorizer', () => {
  const provider = (more = ''): string =>
    `---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\nmetadata: {name: istio}\nextensionProviders: [{name: ext, envoyExtAuthzHttp: {service: books.shop.svc.cluster.local, port: 80${more}}}]\n`
  const custom = policy('{action: CUSTOM, provider: {name: ext}, rules: [{}]}')

  // The one of the policy's own namespace is asked about each question, which in a mesh ends with its connections.
  test('that asks itself comes to an end', async () => expect(await statusOf(mesh(provider(), custom))).toBe(403))

  test.each([
    ['a status that is none', ', statusOnError: "99"'],
    ['a path that is none', ', pathPrefix: check'],
  ])('with %s is none', async (_, more) => {
    const { response, hops } = await ask(mesh(provider(more), custom))
    expect(response).toMatchObject({ status: 403, body: 'RBAC: access denied' })
    expect(hops[0]!.denial!().outcome).toBe('403: the mesh config has no authorizer "ext" whose service there is')
  })
})

test('a policy that comes or goes acts from then on', async () => {
  const made = mesh()
  expect(await statusOf(made)).toBe(200)
  const { resources } = readText(policy('{}'), 'p.yaml')
  made.apply(resources)
  expect(await statusOf(made)).toBe(403)
  made.remove(resources.map(refOf))
  expect(await statusOf(made)).toBe(200)
})

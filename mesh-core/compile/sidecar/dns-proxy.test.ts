import { describe, expect, test } from 'vitest'
import { readText } from '../../config/load.ts'
import { createMesh } from '../../create-mesh.ts'
import type { Mesh } from '../../mesh.ts'

const pods = (name: string, namespace: string, annotations = '{}'): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: ${name === 'db' ? 2 : 1}
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}, annotations: ${annotations}}, spec: {containers: [{name: app, image: echo}]}}
`
const service = (name: string, namespace: string, clusterIP: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {clusterIP: ${clusterIP}, selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}
`
const entry = (name: string, spec: string, extra = ''): string =>
  `---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ${name}, namespace: shop${extra}}\nspec: ${spec}\n`
const tcp = '{number: 5432, name: tcp, protocol: TCP}'
const world = [
  service('cart', 'shop', '10.96.0.1'),
  service('db', 'shop', 'None'),
  pods('cart', 'shop', '{proxy.istio.io/config: \'{proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}\'}'),
  pods('plain', 'shop'),
  pods('db', 'shop'),
  service('stock', 'other', '10.96.0.2'),
  entry('two', `{hosts: [two.example.com], addresses: [192.0.2.1, 192.0.2.2, 192.0.2.16/28], resolution: STATIC, ports: [${tcp}]}`),
  entry('wide', `{hosts: ["*.example.org"], addresses: [192.0.2.3], ports: [${tcp}], resolution: NONE}`),
  entry('one', `{hosts: [one.example.com], resolution: STATIC, ports: [${tcp}], endpoints: [{address: 198.51.100.1}]}`),
  entry('other', `{hosts: [other.example.com], resolution: STATIC, ports: [${tcp}], endpoints: [{address: 198.51.100.2}]}`),
  entry(
    'declined',
    `{hosts: [declined.example.com], resolution: STATIC, ports: [${tcp}]}`,
    ', labels: {networking.istio.io/enable-autoallocate-ip: "false"}',
  ),
].join('')

function mesh(config = ''): Mesh {
  const made = createMesh({ outsideName: () => false })
  const { resources, errors } = readText(world + config, 'world.yaml')
  expect(errors).toEqual([])
  made.apply(resources)
  return made
}

const ref = (name: string) => ({ namespace: 'shop', name, instance: name })

describe('what a pod is told whose agent answers for DNS', () => {
  test.each<[string, readonly string[]]>([
    ['cart', ['10.96.0.1']],
    ['cart.shop.svc.cluster.local.', ['10.96.0.1']],
    ['stock.other', ['10.96.0.2']],
    ['Two.example.com', ['192.0.2.1', '192.0.2.2']],
    ['a.b.example.org', ['192.0.2.3']],
    ['example.org', []],
    ['one.example.com', ['240.240.0.1']],
    ['other.example.com', ['240.240.0.2']],
    ['declined.example.com', []],
    ['nobody', []],
    ['192.0.2.9', ['192.0.2.9']],
  ])('%s', (name, wanted) => expect(mesh().lookUp(name, ref('cart'))).toEqual(wanted))

  test('of a headless service all pods', () => expect(mesh().lookUp('db', ref('cart'))).toHaveLength(2))

  test('by the status of an entry', () => {
    const written = `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: written, namespace: shop}
spec: {hosts: [written.example.com], resolution: STATIC, ports: [${tcp}]}
status: {addresses: [{host: written.example.com, value: 240.240.9.9}, {host: elsewhere.example.com, value: 240.240.9.8}]}
`
    expect(mesh(written).lookUp('written.example.com', ref('cart'))).toEqual(['240.240.9.9'])
  })

  test('of others nothing that was allocated', () => expect(mesh().lookUp('one.example.com', ref('plain'))).toEqual([]))

  test('of a server on the loopback nothing', () => expect(mesh().lookUp('cart', ref('cart'), '127.0.0.1')).toBeNull())
})

test('hosts without addresses that share a port of TCP are told apart by what was allocated', async () => {
  const made = mesh()
  const clusterOf = async (url: string) => {
    const { hops } = await made.send({ from: { kind: 'workload', ref: ref('cart') }, method: '', url, headers: {}, body: 'x', timeoutMs: 1000 })
    return hops[0]?.log?.cluster
  }
  expect(await clusterOf('tcp://one.example.com:5432')).toBe('outbound|5432||one.example.com')
  expect(await clusterOf('tcp://other.example.com:5432')).toBe('outbound|5432||other.example.com')
})

test('the mesh may ask it of all agents', () => {
  const all = '---\napiVersion: mesh.istio.io/v1alpha1\nkind: MeshConfig\ndefaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}\n'
  const made = mesh(all)
  expect(made.lookUp('one.example.com', ref('plain'))).toEqual(['240.240.0.1'])
  expect(made.notModelled).toEqual([])
})

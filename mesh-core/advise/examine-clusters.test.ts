import { expect, test } from 'vitest'
import { readText } from '../config/read.ts'
import type { Resource } from '../config/resource.ts'
import { examineClusters } from './examine-clusters.ts'

const read = (yaml: string, file: string): readonly Resource[] => readText(yaml, file).resources
const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: ${name}}, ports: [{port: 80, name: http}]}\n` // prettier-ignore
const deployment = (name: string, version: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}-${version}}\nspec: {template: {metadata: {labels: {app: ${name}, version: ${version}}}, spec: {}}}\n`
const rule = (host: string): string =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: shop}\nspec: {hosts: [shop], http: [{route: [{destination: {host: ${host}}}]}]}\n`
const subsets = 'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: shop}\nspec: {host: shop, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}\n' // prettier-ignore

async function said(clusters: Readonly<Record<string, readonly Resource[]>>): Promise<string[]> {
  const named = Object.entries(clusters).map(([name, resources]) => ({ name, resources }))
  const messages = await examineClusters(named, { nowMs: 0, whole: true, manifests: true })
  return messages.filter(({ code }) => code !== 'IST0102').map(({ code, resource, text }) => `${resource.source.file} ${code} ${text}`)
}

test('a service of another cluster is a host, and its pods are those of a subset', async () => {
  const east = read([service('shop'), deployment('shop', 'v1'), rule('stock'), subsets].join('---\n'), 'east')
  expect((await said({ east })).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['east IST0101', 'east IST0173'])
  const west = read([service('stock'), service('shop'), deployment('shop', 'v2')].join('---\n'), 'west')
  expect(await said({ east, west })).toEqual([])
})

test('config of another cluster is none of the own', async () => {
  const east = read([service('shop'), rule('shop')].join('---\n'), 'east')
  const west = read([service('shop'), rule('shop')].join('---\n'), 'west')
  // In one cluster two VirtualServices of one host would be in each other's way.
  expect(await said({ east, west })).toEqual([])
  const entry = 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ext}\nspec: {hosts: [stock.test], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n' // prettier-ignore
  const [first] = await said({ east: read([service('shop'), rule('stock.test')].join('---\n'), 'east'), west: read(entry, 'west') })
  expect(first).toContain('east IST0101 there is no host "stock.test"')
})

test('what is said of shared config names the clusters that it is said in', async () => {
  const shared = read([service('shop'), rule('stock.test')].join('---\n'), 'shared')
  const entry = 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: ext}\nspec: {hosts: [stock.test], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}\n' // prettier-ignore
  expect(await said({ east: [...shared, ...read(entry, 'east')], west: shared })).toEqual([
    'shared IST0101 there is no host "stock.test" (in cluster west)',
  ])
  expect(await said({ east: shared, west: shared })).toEqual(['shared IST0101 there is no host "stock.test"'])
})

test('what is told of several clusters together comes last, once', async () => {
  const port = (name: string): Resource[] => [...read(service('shop').replace('name: http', `name: ${name}`), name)]
  expect((await said({ east: port('http'), west: port('tcp') })).map((line) => line.slice(0, 12))).toEqual(['http IST0170'])
})

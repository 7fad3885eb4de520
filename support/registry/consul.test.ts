import nock from 'nock'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createMesh } from '../../mesh-core/create-mesh.ts'
import { ConsulCatalogue } from './consul.ts'

const url = 'http://consul.test:8500'
const instance = (id: string, address: string, version: string, port = 9000) => ({
  Node: { Address: '10.0.0.1', Datacenter: 'dc1' },
  Service: { ID: id, Address: address, Port: port, Tags: ['primary', 'zone=a'], Meta: { version } },
})

function services(names: readonly string[], index = '5'): void {
  nock(url)
    .get('/v1/catalog/services')
    .reply(200, Object.fromEntries(names.map((name) => [name, []])), { 'X-Consul-Index': index })
}

function health(name: string, instances: readonly object[], index = '7'): void {
  nock(url).get(`/v1/health/service/${name}?passing`).reply(200, instances, { 'X-Consul-Index': index })
}

// A file that was tested before in the same worker has ended it.
beforeAll(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => nock.cleanAll())
afterAll(() => nock.restore())

test('each service with passing instances is a host of the mesh', async () => {
  services(['consul', 'web', 'empty'])
  health('web', [instance('web-2', '192.0.2.2', 'v2', 9001), instance('web-1', '', 'v1')])
  health('empty', [])
  const { apply, remove } = await new ConsulCatalogue(`${url}/`, 'default').read()
  expect(remove).toEqual([])
  expect(apply.map(({ object }) => object['spec'])).toEqual([
    {
      hosts: ['web.service.consul'],
      ports: [{ number: 9000, name: 'http', protocol: 'HTTP' }],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      endpoints: [
        { address: '10.0.0.1', ports: { http: 9000 }, labels: { app: 'web', zone: 'a', version: 'v1' }, locality: 'dc1' },
        { address: '192.0.2.2', ports: { http: 9001 }, labels: { app: 'web', zone: 'a', version: 'v2' }, locality: 'dc1' },
      ],
    },
  ])
  const mesh = createMesh()
  mesh.apply(apply)
  const service = mesh.registry.service('web.service.consul')!
  expect(mesh.registry.endpoints(service, 9000).map(({ address, port }) => `${address}:${port}`)).toEqual(['10.0.0.1:9000', '192.0.2.2:9001'])
})

test('a second reading tells what is new and what is gone', async () => {
  const catalogue = new ConsulCatalogue(url, 'default')
  services(['web', 'old'])
  health('web', [instance('web-1', '192.0.2.1', 'v1')])
  health('old', [instance('old-1', '192.0.2.9', 'v1')])
  await catalogue.read()
  services(['web', 'new'], '6')
  health('web', [instance('web-1', '192.0.2.1', 'v1')])
  health('new', [instance('new-1', '192.0.2.3', 'v1')])
  const { apply, remove } = await catalogue.read()
  expect(apply.map(({ name }) => name)).toEqual(['consul-new'])
  expect(remove.map(({ name }) => name)).toEqual(['consul-old'])
})

test('waits by a blocking query until something has changed', async () => {
  const catalogue = new ConsulCatalogue(url, 'default')
  services(['web'])
  health('web', [instance('web-1', '192.0.2.1', 'v1')])
  await catalogue.read()
  nock(url).get('/v1/catalog/services?index=5&wait=1000ms').reply(200, { web: [] }, { 'X-Consul-Index': '5' })
  nock(url).get('/v1/health/service/web?passing&index=7&wait=1000ms').delay(20).reply(200, [], { 'X-Consul-Index': '8' })
  services(['web'])
  health('web', [], '8')
  const { apply, remove } = await catalogue.changed(1000)
  expect(apply).toEqual([])
  expect(remove.map(({ name }) => name)).toEqual(['consul-web'])
})

test.each([
  ['an error of Consul', () => nock(url).get('/v1/catalog/services').reply(500, 'no leader'), 'it answers 500 to /v1/catalog/services'],
  ['no JSON', () => nock(url).get('/v1/catalog/services').reply(200, '<html>'), 'its answer to /v1/catalog/services is no JSON'],
  ['something else', () => nock(url).get('/v1/catalog/services').reply(200, []), "is not what Consul's API promises"],
  ['nobody there', () => nock(url).get('/v1/catalog/services').replyWithError('connect ECONNREFUSED'), 'ECONNREFUSED'],
])('%s is told', async (_about, arrange, words) => {
  arrange()
  await expect(new ConsulCatalogue(url, 'default').read()).rejects.toThrow(words)
})

test('nothing changes for as long as one waits', async () => {
  const catalogue = new ConsulCatalogue(url, 'default')
  services([])
  await catalogue.read()
  nock(url).get('/v1/catalog/services?index=5&wait=50ms').reply(200, {}, { 'X-Consul-Index': '5' })
  await expect(catalogue.changed(50)).rejects.toThrow('nothing has changed for 50 ms')
})

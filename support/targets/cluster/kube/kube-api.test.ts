import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CertificateAuthority } from '../../../../mesh-core/identity/certificate-authority.ts'
import { KubeApi } from './kube-api.ts'
import { KubeObjects } from './objects.ts'

const host = 'https://api.example:6443'
let servers: Server[] = []
beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  servers = []
})

function configOf(server: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server, skipTLSVerify: server.startsWith('http:') }, { name: 'user', token: 'token-4711' })
  return config
}

const api = (server = host, timeoutMs = 2000): KubeApi => new KubeApi(configOf(server), { timeoutMs, backoffMs: 5 })
const status = (code: number, reason: string, message: string) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message })
const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices/reviews'
const ref = { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'reviews' }
const object = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'reviews', namespace: 'shop' }, spec: {} }

/** The API server as far as it tells which kinds there are. */
function objects(): KubeObjects {
  nock(host)
    .get('/apis/networking.istio.io')
    .reply(200, { preferredVersion: { groupVersion: 'networking.istio.io/v1' } })
  const resources = [{ name: 'virtualservices', kind: 'VirtualService', namespaced: true }]
  nock(host).get('/apis/networking.istio.io/v1').reply(200, { resources })
  return new KubeObjects(api())
}

describe('several objects', () => {
  const collection = path.slice(0, path.lastIndexOf('/'))
  const refs = ['reviews', 'ratings', 'gone'].map((name) => ({ ...ref, name }))
  const item = (name: string) => ({ metadata: { name, namespace: 'shop' }, spec: { hosts: [name] } })

  test('of one kind and namespace are read by one question', async () => {
    const all = objects()
    nock(host)
      .get(collection)
      .reply(200, { items: [item('ratings'), item('reviews'), item('of others')] })
    const found = await all.readAll(refs, () => true)
    expect(found.get('networking.istio.io/VirtualService/shop/reviews')).toEqual({ ...object, spec: { hosts: ['reviews'] } })
    expect(found.has('networking.istio.io/VirtualService/shop/ratings')).toBe(true)
    expect(found.has('networking.istio.io/VirtualService/shop/gone')).toBe(false)
  })

  test('are read in the version in which they were written, by list and one by one', async () => {
    const all = objects()
    const beta = 'networking.istio.io/v1beta1'
    const resources = [{ name: 'virtualservices', kind: 'VirtualService', namespaced: true }]
    nock(host).get(`/apis/${beta}`).reply(200, { resources })
    const older = collection.replace('networking.istio.io/v1', beta)
    nock(host)
      .get(older)
      .reply(200, { items: [item('ratings'), item('reviews')] })
    nock(host)
      .get(`${collection}/details`)
      .reply(200, { ...object, ...item('details') })
    const asked = [...refs.map((one) => ({ ...one, apiVersion: beta })), { ...ref, name: 'details', apiVersion: object.apiVersion }]
    const found = await all.readAll(asked, () => true)
    expect([...found.values()].map(({ apiVersion, metadata }) => `${apiVersion} ${metadata.name}`)).toEqual([
      `${beta} ratings`,
      `${beta} reviews`,
      'networking.istio.io/v1 details',
    ])
  })

  test.each([
    ['in a namespace of the user’s', () => false, 0],
    ['where the user may not ask for all', () => true, 1],
  ])('are read one by one %s', async (_, mayList, lists) => {
    const all = objects()
    const refused = nock(host)
      .get(collection)
      .reply(403, status(403, 'Forbidden', 'cannot list'))
    for (const name of ['reviews', 'ratings']) nock(host).get(`${collection}/${name}`).times(2).reply(200, item(name))
    nock(host)
      .get(`${collection}/gone`)
      .times(2)
      .reply(404, status(404, 'NotFound', 'gone'))
    for (let i = 0; i < 2; i++) expect((await all.readAll(refs, mayList)).size).toBe(2)
    expect(refused.isDone()).toBe(lists === 1)
  })

  test('that cannot be read are told', async () => {
    const all = objects()
    nock(host)
      .get(collection)
      .times(4)
      .reply(500, status(500, 'InternalError', 'etcdserver: request timed out'))
    await expect(all.readAll(refs, () => true)).rejects.toMatchObject({ code: 'CLUSTER_FAILED' })
  })
})

describe('what the API server refuses', () => {
  test.each([
    [401, 'Unauthorized', 'Unauthorized', 'CLUSTER_DENIED', /credentials of the kubeconfig \(401\)/],
    [
      403,
      'Forbidden',
      'virtualservices is forbidden: User "viewer" cannot get',
      'CLUSTER_DENIED',
      /not permitted to read VirtualService shop\/reviews: .*User "viewer"/,
    ],
    [409, 'Conflict', 'the object has been modified', 'CLUSTER_FAILED', /409 the object has been modified/],
    [500, 'InternalError', 'etcdserver: request timed out', 'CLUSTER_FAILED', /500 etcdserver/],
    [429, 'TooManyRequests', 'the server has received too many requests', 'CLUSTER_FAILED', /429 the server has received too many/],
  ])('reading: %i', async (code, reason, message, wanted, text) => {
    const own = objects()
    nock(host)
      .get(path)
      .times(4)
      .reply(code, status(code, reason, message))
    await expect(own.read(ref)).rejects.toMatchObject({ name: 'MeshSpecError', code: wanted, message: expect.stringMatching(text) })
  })

  test.each([404, 410])('what is not there (%i) is null, and deleting it is done', async (code) => {
    const own = objects()
    nock(host)
      .get(path)
      .reply(code, status(code, 'NotFound', 'not found'))
    expect(await own.read(ref)).toBeNull()
    nock(host)
      .delete(path)
      .reply(code, status(code, 'NotFound', 'not found'))
    await expect(own.delete(ref)).resolves.toBeUndefined()
  })

  test.each([
    [422, 'Invalid', 'VirtualService "reviews" is invalid: spec.http[0]: Invalid value', 'spec.http[0]: Invalid value'],
    [
      400,
      'BadRequest',
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: weight -5 < 0',
      'configuration is invalid: weight -5 < 0',
    ],
    [403, 'Forbidden', 'admission webhook "policy.example" denied the request: no VirtualServices on Fridays', 'no VirtualServices on Fridays'],
    [400, 'BadRequest', 'strict decoding error: unknown field "spec.http[0].rout"', 'unknown field "spec.http[0].rout"'],
  ])('config, by %i', async (code, reason, message, text) => {
    const own = objects()
    nock(host)
      .patch(new RegExp(`^${path}`))
      .reply(code, status(code, reason, message))
    await expect(own.apply(object)).rejects.toMatchObject({ name: 'ConfigRejected', message: expect.stringContaining(text) })
  })

  test.each([
    [403, 'Forbidden', 'virtualservices is forbidden: User "viewer" cannot patch', 'CLUSTER_DENIED'],
    [403, 'Forbidden', 'pods "x" is forbidden: unable to create new content in namespace shop because it is being terminated', 'CLUSTER_FAILED'],
    [409, 'Conflict', 'Apply failed with 1 conflict', 'CLUSTER_FAILED'],
    // A webhook that cannot be called refuses nothing: the cluster is ill.
    [500, 'InternalError', 'failed calling webhook "validation.istio.io": connection refused', 'CLUSTER_FAILED'],
  ])('config is not what %i is about', async (code, reason, message, wanted) => {
    const own = objects()
    nock(host)
      .patch(new RegExp(`^${path}`))
      .reply(code, status(code, reason, message))
    await expect(own.apply(object)).rejects.toMatchObject({ code: wanted })
  })

  test('a Secret is applied as what it becomes, so that a key which it no longer has goes', async () => {
    const own = objects()
    nock(host)
      .get('/api/v1')
      .reply(200, { resources: [{ name: 'secrets', kind: 'Secret', namespaced: true }] })
    const sent = vi.fn<(body: unknown) => boolean>(() => true)
    nock(host)
      .patch(/^\/api\/v1\/namespaces\/default\/secrets\/keys/, (body) => sent(body))
      .reply(200, {})
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      type: 'Opaque',
      data: { a: 'YQ==', b: 'YQ==' },
    }
    await own.apply({ ...secret, stringData: { b: 'b' } })
    expect(sent).toHaveBeenCalledWith({ ...secret, data: { a: 'YQ==', b: 'Yg==' } })
  })

  test('a kind that is not installed is not supported', async () => {
    const own = objects()
    await expect(own.apply({ ...object, kind: 'Sidecar' })).rejects.toMatchObject({ name: 'NotSupported', message: expect.stringContaining('CRD') })
  })

  test('a group that is not installed is not supported', async () => {
    nock(host).get('/apis/gateway.networking.k8s.io').reply(404, 'page not found')
    const read = new KubeObjects(api()).read({ ...ref, group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' })
    await expect(read).rejects.toMatchObject({ name: 'NotSupported' })
  })
})

describe('what passes', () => {
  test.each([429, 500, 503])('%i once: the request is sent again', async (code) => {
    nock(host)
      .get('/api/v1')
      .reply(code, status(code, 'x', 'later'))
    nock(host).get('/api/v1').reply(200, { fine: true })
    expect(await api().get('/api/v1')).toEqual({ fine: true })
  })

  test('a connection that is lost: the request is sent again', async () => {
    nock(host)
      .get('/api/v1')
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    nock(host).get('/api/v1').reply(200, { fine: true })
    expect(await api().get('/api/v1')).toEqual({ fine: true })
  })

  test('an answer that is cut off: the request is sent again', async () => {
    nock.restore()
    let asked = 0
    const server = createServer((_, out) => {
      if (asked++ > 0) return void out.end('{"fine":true}')
      out.writeHead(200, { 'content-length': '100' }).write('{"fi')
      setTimeout(() => out.destroy(), 20)
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    expect(await api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).get('/x')).toEqual({ fine: true })
    expect(asked).toBe(2)
  })
})

describe('an API server that is not there', () => {
  const unreachable = { name: 'MeshSpecError', code: 'CLUSTER_UNREACHABLE' }

  test('what follows does not wait for one that is lost, until it is asked to, or has come back', async () => {
    let asked = 0
    let isUp = false
    const server = createServer((request, response) => (asked++, isUp ? response.end('{}') : request.destroy()))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const own = api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect(own.get('/x')).rejects.toMatchObject(unreachable)
    expect(asked).toBe(4)
    await expect(own.get('/x')).rejects.toMatchObject(unreachable)
    expect(asked).toBe(4)
    // It is given its time, once.
    await own.awaitReturn(1)
    const given = asked
    expect(given).toBeGreaterThan(4)
    await own.awaitReturn(1)
    await expect(own.get('/x')).rejects.toMatchObject(unreachable)
    expect(asked).toBe(given)
    isUp = true
    own.hope()
    expect(await own.get('/x')).toEqual({})
  })

  test('one that comes back is asked as before', async () => {
    let asked = 0
    const server = createServer((request, response) => (++asked > 5 ? response.end('{}') : request.destroy()))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const own = api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await own.awaitReturn()
    expect(asked).toBe(0)
    await expect(own.get('/x')).rejects.toMatchObject(unreachable)
    await own.awaitReturn(2000)
    expect(await own.get('/x')).toEqual({})
  })

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH'])('%s', async (code) => {
    nock(host)
      .get('/api/v1')
      .times(4)
      .replyWithError(Object.assign(new Error(code), { code }))
    await expect(api().get('/api/v1')).rejects.toMatchObject({ ...unreachable, message: expect.stringContaining(code) })
  })

  test('one that does not answer', async () => {
    nock.restore()
    const server = createServer(() => {})
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await expect(api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 40).get('/x')).rejects.toMatchObject(unreachable)
  })

  test.each([
    ['with its authority', (chain: string) => chain],
    ['alone', (chain: string) => chain.slice(0, chain.indexOf('-----END CERTIFICATE-----') + '-----END CERTIFICATE-----'.length)],
  ])('a certificate that the kubeconfig does not know, %s, is not passed over', async (_, shown) => {
    nock.restore()
    const { certificateChain, privateKey } = await (
      await CertificateAuthority.create('another')
    ).issue({ commonName: 'localhost', dnsNames: ['localhost'] })
    const server = createTlsServer({ cert: shown(certificateChain), key: privateKey }, (_, out) => out.end('{}'))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const sent = api(`https://localhost:${(server.address() as AddressInfo).port}`).get('/x')
    await expect(sent).rejects.toMatchObject({ ...unreachable, message: expect.stringMatching(/certificate-authority/) })
  })
})

test('messages never hold the token', async () => {
  nock(host).get('/api/v1').times(4).reply(500, 'no')
  const failure = await api()
    .get('/api/v1')
    .catch((error: unknown) => error)
  expect(JSON.stringify([String(failure), failure])).not.toContain('token-4711')
})

describe('credentials that cannot be had or shown', () => {
  const objectsOf = (cluster: object, user: object): KubeObjects => {
    const config = new KubeConfig()
    config.loadFromString(
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'a', user: 'u' } }],
        clusters: [{ name: 'a', cluster }],
        users: [{ name: 'u', user }],
      }),
    )
    return new KubeObjects(new KubeApi(config, { backoffMs: 1 }))
  }

  test('name the command that is not there', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-command-of-meshspec', interactiveMode: 'Never' }
    await expect(objectsOf({ server: host }, { exec }).read(ref)).rejects.toMatchObject({
      code: 'INVALID_SETTING',
      message: expect.stringContaining('the command no-such-command-of-meshspec, which cannot be run (ENOENT)'),
    })
  })

  test('are not sent without TLS', async () => {
    await expect(objectsOf({ server: host.replace('https:', 'http:') }, { token: 't' }).read(ref)).rejects.toMatchObject({
      code: 'INVALID_SETTING',
      message: expect.stringMatching(/without TLS.*[\s\S]*insecure-skip-tls-verify/),
    })
  })
})

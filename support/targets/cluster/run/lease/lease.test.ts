import { KubeConfig } from '@kubernetes/client-node'
import { hostname } from 'node:os'
import nock from 'nock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KubeApi } from '../../kube/kube-api.ts'
import { keptIn, withKept } from '../restore/kept.ts'
import { dropEndedLease, isHeldBy, releaseLeaseOf, RunLease } from './lease.ts'

const host = 'https://api.example:6443'
const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

/** ms, between two renewals. */
const renewal = 20

function lease(): RunLease {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server: host, skipTLSVerify: false }, { name: 'user', token: 't' })
  return new RunLease(new KubeApi(config, { backoffMs: 1 }), 'default', 'abc', renewal)
}

const held = (renewTime: string) => ({
  metadata: { name: 'meshspec', namespace: 'default', resourceVersion: '7' },
  spec: { holderIdentity: 'other', leaseDurationSeconds: 30, renewTime },
})
const conflict = { kind: 'Status', code: 409, reason: 'AlreadyExists', message: 'exists' }

test('a cluster that nobody uses is taken, and given back by its holder alone', async () => {
  let mine = ''
  nock(host)
    .post(path)
    .reply(201, (_, body) => ((mine = (body as { spec: { holderIdentity: string } }).spec.holderIdentity), body as object))
  const own = lease()
  await own.acquire()
  expect(mine).toMatch(/^abc on .* \(pid \d+\)$/)
  nock(host).get(`${path}/meshspec`).reply(200, held(new Date().toISOString()))
  await own.release()
  nock(host)
    .get(`${path}/meshspec`)
    .reply(200, { metadata: { resourceVersion: '9' }, spec: { holderIdentity: mine } })
  const gone = nock(host)
    .delete(`${path}/meshspec`, { preconditions: { resourceVersion: '9' } })
    .reply(200, {})
  await own.release()
  expect(gone.isDone()).toBe(true)
})

test('another run that is there is not disturbed', async () => {
  nock(host).post(path).reply(409, conflict)
  nock(host).get(`${path}/meshspec`).reply(200, held(new Date().toISOString()))
  await expect(lease().acquire()).rejects.toMatchObject({ code: 'CLUSTER_BUSY', message: expect.stringContaining('other') })
})

test('one that has not renewed its Lease is gone', async () => {
  nock(host).post(path).reply(409, conflict)
  nock(host).get(`${path}/meshspec`).twice().reply(200, held('2020-01-01T00:00:00.000000Z'))
  const taken = nock(host)
    .put(`${path}/meshspec`, (body) => body.metadata.resourceVersion === '7')
    .reply(200, {})
  const own = lease()
  await own.acquire()
  expect(taken.isDone()).toBe(true)
  nock(host).get(`${path}/meshspec`).reply(404, {})
  await own.release()
})

test('one whose clock is behind is not gone while it renews its Lease', async () => {
  nock(host).post(path).reply(409, conflict)
  const late = held('2020-01-01T00:00:00.000000Z')
  nock(host).get(`${path}/meshspec`).reply(200, late)
  nock(host)
    .get(`${path}/meshspec`)
    .reply(200, { ...late, metadata: { ...late.metadata, resourceVersion: '8' } })
  await expect(lease().acquire()).rejects.toMatchObject({ code: 'CLUSTER_BUSY' })
})

test.each([
  ['is held by other', 200, held(new Date().toISOString())],
  ['was deleted', 404, { kind: 'Status', code: 404 }],
])('a run whose Lease %s judges nothing more', async (what, status, body) => {
  nock(host).post(path).reply(201, {})
  const own = lease()
  await own.acquire()
  own.assertHeld()
  nock(host).persist().get(`${path}/meshspec`).reply(status, body)
  await vi.waitFor(() => expect(() => own.assertHeld()).toThrow(what), { timeout: 5000 })
  await own.release()
})

test('of two that come at once, one is first', async () => {
  nock(host).post(path).reply(409, conflict)
  nock(host).get(`${path}/meshspec`).twice().reply(200, held('2020-01-01T00:00:00.000000Z'))
  nock(host)
    .put(`${path}/meshspec`)
    .reply(409, { ...conflict, reason: 'Conflict' })
  nock(host).get(`${path}/meshspec`).reply(200, held(new Date().toISOString()))
  await expect(lease().acquire()).rejects.toMatchObject({ code: 'CLUSTER_BUSY' })
})

test.each([
  ['the run that holds it', 'other on ci (pid 1)', new Date().toISOString(), true],
  ['one that has not renewed it', 'other on ci (pid 1)', '2020-01-01T00:00:00.000000Z', false],
  ['another one', 'others on ci (pid 1)', new Date().toISOString(), false],
])('%s is told from those that are gone', async (_, holderIdentity, renewTime, isThere) => {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server: host, skipTLSVerify: false }, { name: 'user', token: 't' })
  const lease = held(renewTime)
  nock(host)
    .persist()
    .get(`${path}/meshspec`)
    .reply(200, { ...lease, spec: { ...lease.spec, holderIdentity } })
  expect(await isHeldBy(new KubeApi(config, { backoffMs: 1 }), 'default', 'other', renewal)).toBe(isThere)
})

test.each([
  ['abc on ci (pid 4711)', true],
  ['abcd on ci (pid 4711)', false],
])('of a killed run what it held is dropped, and nothing else: %s', async (holderIdentity, dropped) => {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server: host, skipTLSVerify: false }, { name: 'user', token: 't' })
  nock(host)
    .get(`${path}/meshspec`)
    .reply(200, { metadata: { resourceVersion: '9' }, spec: { holderIdentity } })
  const deletion = nock(host)
    .delete(`${path}/meshspec`, { preconditions: { resourceVersion: '9' } })
    .reply(200, {})
  await releaseLeaseOf(new KubeApi(config, { backoffMs: 1 }), 'default', 'abc')
  expect(deletion.isDone()).toBe(dropped)
})

const kept = {
  run: 'gone',
  touched: [{ ref: { group: '', kind: 'ConfigMap', namespace: 'istio-system', name: 'istio' }, before: null }],
}

function telling(holderIdentity: string, renewTime: string) {
  const metadata = { name: 'meshspec', namespace: 'default', resourceVersion: '7' }
  const spec = { holderIdentity, leaseDurationSeconds: 30, renewTime }
  return withKept({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }, kept)
}

test('a Lease that tells of something which is not put back goes on telling it, and is held by nobody', async () => {
  nock(host).post(path).reply(409, conflict)
  nock(host).get(`${path}/meshspec`).reply(200, telling('', new Date().toISOString()))
  const seen: ReturnType<typeof telling>[] = []
  const put = (_: string, body: unknown): object => (seen.push(body as ReturnType<typeof telling>), body as object)
  nock(host).put(`${path}/meshspec`).reply(200, put)
  const own = lease()
  await own.acquire()
  nock(host)
    .persist()
    .get(`${path}/meshspec`)
    .reply(200, () => seen.at(-1)!)
  nock(host).persist().put(`${path}/meshspec`).reply(200, put)
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1), { timeout: 5000 })
  await own.release()
  expect(seen.map(keptIn)).toEqual(seen.map(() => [kept]))
  expect([seen[0]!.spec.holderIdentity, seen.at(-1)!.spec.holderIdentity]).toEqual([expect.stringMatching(/^abc on /), ''])
})

test('a run of this machine that has ended, and does not renew its Lease, is not waited for', async () => {
  nock(host).post(path).reply(409, conflict)
  nock(host)
    .get(`${path}/meshspec`)
    .twice()
    .reply(200, telling(`gone on ${hostname()} (pid 4194305)`, new Date().toISOString()))
  const taken = nock(host).put(`${path}/meshspec`).reply(200, {})
  const said: string[] = []
  await lease().acquire((line) => said.push(line))
  expect(taken.isDone()).toBe(true)
  expect(said).toEqual([expect.stringMatching(/^run gone on .* has 1 s to show that it goes on$/)])
})

test.each([
  ['a run that has ended', held('2020-01-01T00:00:00.000000Z'), 'other'],
  ['one that is at work', held('2999-01-01T00:00:00.000000Z'), null],
  ['one that has left something', telling('other', '2020-01-01T00:00:00.000000Z'), null],
])('the Lease of %s', async (_, found, dropped) => {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'test', server: host, skipTLSVerify: false }, { name: 'user', token: 't' })
  nock(host).persist().get(`${path}/meshspec`).reply(200, found)
  const deletion = nock(host).delete(`${path}/meshspec`).reply(200, {})
  expect(await dropEndedLease(new KubeApi(config, { backoffMs: 1 }), 'default', false, renewal)).toBe(dropped)
  expect(deletion.isDone()).toBe(dropped !== null)
})

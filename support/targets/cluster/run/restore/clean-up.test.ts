import { mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import nock from 'nock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanUp } from './clean-up.ts'
import { findLedgers } from './ledger.ts'

const server = 'https://api.example:6443'
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases/meshspec'
beforeEach(() => {
  if (!nock.isActive()) nock.activate()
})
afterEach(() => {
  nock.cleanAll()
  nock.restore()
})

/** @returns a folder with the ledger of a run that has nothing left to put back */
function ledgerOf(host: string, pid: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshspec-clean-'))
  const kubeconfig = join(folder, 'config')
  const cluster = { name: 'c', cluster: { server } }
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    ...{ clusters: [cluster], users: [{ name: 'u', user: { token: 't' } }], contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }] },
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const head = { run: '1f2e3d', pid, host, startedAt: '2026-01-01T00:00:00Z', server, context: 'test', kubeconfig }
  writeFileSync(join(folder, '1f2e3d.jsonl'), `${JSON.stringify({ head })}\n`)
  return folder
}

async function clean(folder: string): Promise<readonly string[]> {
  const said: string[] = []
  await cleanUp({ kubeconfig: null, context: null, dryRun: false, folder, say: (line) => said.push(line) })
  return said
}

const lease = (host: string, ago: number) => ({
  metadata: { name: 'meshspec', namespace: 'default', resourceVersion: '7' },
  spec: { holderIdentity: `1f2e3d on ${host} (pid ${process.pid})`, leaseDurationSeconds: 30, renewTime: new Date(Date.now() - ago).toISOString() },
})

test('a run of this machine goes on as long as its process does', async () => {
  expect(await clean(ledgerOf(hostname(), process.pid))).toEqual([`run 1f2e3d (pid ${process.pid} on ${hostname()}) goes on: left alone`])
})

test('a run of another machine that shares the disk goes on as long as its Lease is renewed, whatever process has its number here', async () => {
  nock(server).persist().get(leases).reply(200, lease('ci-7', 0))
  expect(await clean(ledgerOf('ci-7', 2 ** 22 + 1))).toEqual([expect.stringContaining('on ci-7) goes on: left alone')])
})

test('one whose Lease is somebody else’s has ended, though a process here has its number', async () => {
  nock(server).persist().get(leases).reply(404, { kind: 'Status', code: 404, reason: 'NotFound' })
  const folder = ledgerOf('ci-7', process.pid)
  expect(await clean(folder)).toEqual(['run 1f2e3d of 2026-01-01T00:00:00Z in test (https://api.example:6443)'])
  expect(findLedgers(folder)).toEqual([])
})

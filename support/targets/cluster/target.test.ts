import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readText } from '../../../mesh-core/config/read.ts'
import { refOf } from '../../../mesh-core/config/resource.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import { defaultSettings } from '../../settings.ts'
import type { Call, MeshSession } from '../target.ts'
import reachClusterTarget, { createClusterTarget } from './target.ts'
import type { ClusterSettings } from './target.ts'

let folder: string
let server: Server
let gateway: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshspec-test-'))
  server = createServer((message, out) => out.end(message.url))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

async function open(settings: Partial<ClusterSettings> = {}): Promise<MeshSession> {
  const target = createClusterTarget({ gateway, assumeConfig: false, applyCommand: null, deleteCommand: null, settleMs: 0, ...settings })
  return target.open({ name: 'test', uri: 'test.feature', tags: [], seed: 1 })
}

const client: Call = { from: { kind: 'client' }, method: 'GET', target: '/', headers: {}, body: '' }

function virtualService(subset: string, name = 'reviews'): readonly Resource[] {
  const text = `# a comment of the user
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name}, subset: ${subset} } }] }] }
`
  return readText(text, `${name}-${subset}.yaml`).resources
}

/** A stand-in for kubectl: logs its calls with the file they got, and answers `get` with what the test says is in the cluster. */
function kubectl(existing: object | null = null, applyEnd = 'exit 0'): { command: string; calls: () => string[]; files: () => string } {
  const script = join(folder, 'kubectl')
  const log = join(folder, 'log')
  const seen = join(folder, 'files')
  writeFileSync(join(folder, 'existing'), existing === null ? '' : JSON.stringify(existing))
  const lines = ['#!/bin/sh', `echo "$*" | sed 's# /[^ ]*config.yaml# FILE#' >> ${log}`, `for f; do :; done; cat "$f" >> ${seen}; echo >> ${seen}`]
  writeFileSync(script, [...lines, `case "$*" in *get*) cat ${join(folder, 'existing')};; *apply*) ${applyEnd};; esac`].join('\n'), { mode: 0o755 })
  writeFileSync(seen, '')
  return {
    command: `${script} --context test apply --server-side -n shop -f {file}`,
    calls: () => readFileSync(log, 'utf8').trim().split('\n'),
    files: () => readFileSync(seen, 'utf8'),
  }
}

describe('settings', () => {
  test.each([
    [{ gateway: null }, 'INVALID_SETTING'],
    [{ applyCommand: 'kubectl apply -f -' }, 'INVALID_SETTING'],
    [{ applyCommand: 'a {file}', deleteCommand: 'b' }, 'INVALID_SETTING'],
  ])('%j is %s', async (settings, code) => {
    await expect(open(settings)).rejects.toMatchObject({ code })
  })

  test('a gateway that nobody is behind fails before the first scenario', async () => {
    const settings = { ...defaultSettings, assumeConfig: true }
    await expect(reachClusterTarget({ ...settings, gateway: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' })
    await expect(reachClusterTarget({ ...settings, gateway })).resolves.toMatchObject({ name: 'cluster' })
  })

  test('capabilities follow from what is given', () => {
    const has = (settings: Partial<ClusterSettings>) =>
      createClusterTarget({ gateway, assumeConfig: false, applyCommand: null, deleteCommand: null, settleMs: 0, ...settings }).capabilities
    expect(has({}).has('config')).toBe(false)
    expect(has({ assumeConfig: true }).has('config')).toBe(true)
    expect(has({ applyCommand: 'x {file}' }).has('config-rejection')).toBe(true)
  })
})

describe('config by a command', () => {
  test('the text of the user is applied, and deleted after the scenario', async () => {
    const { command, calls, files } = kubectl()
    const session = await open({ applyCommand: command })
    await session.apply(virtualService('v1'))
    expect(files()).toContain('# a comment of the user')
    await session.close()
    expect(calls()).toEqual([
      '--context test get --ignore-not-found -o json -n shop -f FILE',
      '--context test apply --server-side -n shop -f FILE',
      '--context test delete --ignore-not-found -n shop -f FILE',
    ])
  })

  test('what was there before is restored', async () => {
    const before = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'reviews', namespace: 'default', uid: 'u', resourceVersion: '7' },
      spec: { hosts: ['before'] },
    }
    const { command, calls, files } = kubectl(before)
    const session = await open({ applyCommand: command })
    await session.apply(virtualService('v1'))
    await session.apply(virtualService('v3'))
    await session.close()
    expect(calls().map((call) => call.split(' ')[2])).toEqual(['get', 'apply', 'apply', 'apply'])
    const restored = files().trim().split('\n').at(-1)!
    expect(JSON.parse(restored)).toEqual({ ...before, metadata: { name: 'reviews', namespace: 'default', annotations: {} } })
  })

  test('what is applied already is not applied again', async () => {
    const { command, calls } = kubectl()
    const session = await open({ applyCommand: command })
    for (let i = 0; i < 3; i++) await session.apply(virtualService('v1'))
    expect(calls()).toHaveLength(2)
  })

  test('what a scenario deletes comes back after it', async () => {
    const before = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'reviews', namespace: 'default' }, spec: {} }
    const { command, calls } = kubectl(before)
    const session = await open({ applyCommand: command })
    await session.remove(virtualService('v1').map(refOf))
    await session.close()
    expect(calls().map((call) => call.split(' ')[2])).toEqual(['get', 'delete', 'apply'])
  })

  test('what nobody could bring back is not deleted', async () => {
    const log = join(folder, 'deleted')
    const session = await open({ applyCommand: 'true {file}', deleteCommand: `cat {file} >> ${log}` })
    await expect(session.remove(virtualService('v1').map(refOf))).rejects.toMatchObject({ name: 'NotSupported', capability: 'config' })
    await session.apply(virtualService('v1'))
    await session.remove(virtualService('v1').map(refOf))
    expect(readFileSync(log, 'utf8')).toContain('reviews')
  })

  test('a refusal of the mesh is a refusal, and nothing of it stays', async () => {
    const denied = `echo 'Error from server: error when creating "x": admission webhook "validation.istio.io" denied the request: total destination weight = 0' >&2; exit 1`
    const { command, calls } = kubectl(null, denied)
    const session = await open({ applyCommand: command })
    await expect(session.apply(virtualService('v1'))).rejects.toMatchObject({
      name: 'ConfigRejected',
      message: expect.stringContaining('total destination weight = 0'),
    })
    expect(calls().at(-1)).toContain('delete')
  })

  test('a command that fails says how', async () => {
    const session = await open({ applyCommand: `echo 'no such context' >&2; exit 3 # {file}` })
    await expect(session.apply(virtualService('v1'))).rejects.toMatchObject({
      code: 'APPLY_FAILED',
      message: expect.stringContaining('no such context'),
    })
  })

  test('any command will do; it deletes only when told how', async () => {
    const log = join(folder, 'applied')
    const session = await open({ applyCommand: `cat {file} >> ${log}`, deleteCommand: `echo gone >> ${log}; cat {file} >> ${log}` })
    await session.apply(virtualService('v1'))
    await session.close()
    expect(readFileSync(log, 'utf8')).toMatch(/subset: v1[\s\S]*gone\n\{"apiVersion":"networking.istio.io\/v1","kind":"VirtualService"/)
  })

  test('requests wait until the config has settled, once for several changes', async () => {
    const session = await open({ applyCommand: 'true {file}', settleMs: 300 })
    await session.apply(virtualService('v1'))
    await session.apply(virtualService('v1', 'ratings'))
    const start = performance.now()
    await session.send(client)
    const first = performance.now() - start
    await session.send(client)
    expect(first).toBeGreaterThan(200)
    expect(performance.now() - start).toBeLessThan(first + 200)
  })
})

describe('config that is believed to be in place', () => {
  test('before the first request only', async () => {
    const session = await open({ assumeConfig: true })
    await session.apply(virtualService('v1'))
    await session.apply(virtualService('v2'))
    await session.send(client)
    await expect(session.apply(virtualService('v3'))).rejects.toMatchObject({ name: 'NotSupported', capability: 'config' })
  })

  test('only when somebody says so', async () => {
    await expect((await open()).apply(virtualService('v1'))).rejects.toMatchObject({ name: 'NotSupported', capability: 'config' })
  })
})

describe('what an endpoint cannot show', () => {
  const service = { name: 'reviews', namespace: null, version: null }
  const asked: [string, (session: MeshSession) => Promise<unknown>][] = [
    ['in-mesh-calls', (session) => session.send({ ...client, from: { kind: 'service', service } })],
    ['workloads', (session) => session.deployEcho([])],
    ['workloads', (session) => session.deployBookinfo('prod')],
    ['workloads', (session) => session.deployBookinfo('default')], // the server of this test is no Bookinfo
    ['workloads', (session) => session.setSidecars('legacy', false)],
    ['behaviour', (session) => session.setBehaviour({ kind: 'delay', service, ms: 1 })],
    ['pods', (session) => session.pods()],
  ]
  test.each(asked)('%s', async (capability, ask) => {
    await expect(ask(await open())).rejects.toMatchObject({ name: 'NotSupported', capability })
  })
})

test('many requests, so many at once', async () => {
  let running = 0
  let most = 0
  server.removeAllListeners('request')
  server.on('request', (_, out) => {
    most = Math.max(most, ++running)
    setTimeout(() => (running--, out.end()), 20)
  })
  const statuses: (number | undefined)[] = []
  for await (const { response } of (await open()).sendMany(client, { times: 7, concurrency: 3 })) statuses.push(response?.status)
  expect(statuses).toEqual(Array<number>(7).fill(200))
  expect(most).toBe(3)
})

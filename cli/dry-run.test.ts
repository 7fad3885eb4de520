import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { packageRoot } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-dry-run-'))
let connections = 0
const server: Server = createServer((socket) => {
  connections++
  socket.destroy()
})

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'prod' }, stringData: { key: 'secret-4711' } }
const feature = `Feature: F
  Scenario: S
    Given the services:
      | service | versions | namespace |
      | shop    | v1       | prod      |
      | client  | v1       | prod      |
    And the config:
      """
      ${JSON.stringify(secret)}
      """
    When client.prod sends "GET http://shop.prod/" 100 times
    Then the response status is 418
    When user "jason" opens "/productpage"
    Then about 50% of the requests reach reviews:v1
    When the config is applied:
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: shop, namespace: prod}
      spec: {hosts: [shop.prod.svc.cluster.local], http: [{route: [{destination: {host: shop}, weight: -5}]}]}
      """
    Then the config is rejected with "weight"
  Scenario: again
    Given the services:
      | service | versions | namespace |
      | shop    | v1       | prod      |
`

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'prod', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: { token: 'token-4711' } }],
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'u' } }],
    'current-context': 'prod',
  }
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig))
  writeFileSync(join(folder, 'f.feature'), feature)
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function meshspec(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, FORCE_COLOR: '0', KUBECONFIG: join(folder, 'kubeconfig'), XDG_STATE_HOME: folder }
  const child = spawn(
    process.execPath,
    [join(packageRoot, 'dist', 'cli', 'main.js'), 'run', 'f.feature', '--target', 'cluster', '--dry-run', ...args],
    { cwd: folder, env },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (stdout += String(bytes)))
  child.stderr.on('data', (bytes: Buffer) => (stderr += String(bytes)))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })))
}

interface Kubed {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

describe('--dry-run against a cluster', () => {
  let plan: Ended
  beforeAll(async () => {
    plan = await meshspec('--deploy')
  })
  const objects = (): readonly Kubed[] => parseAllDocuments(plan.stdout).map((document) => document.toJS() as Kubed)

  test('holds, judges nothing, and asks nobody: no API server, no gateway', () => {
    expect({ status: plan.status, stderr: plan.stderr }).toEqual({ status: 0, stderr: '' })
    expect(connections).toBe(0)
    // No ledger either: nothing is there to be undone.
    expect(readdirSync(folder).toSorted()).toEqual(['f.feature', 'kubeconfig'])
  })

  test('what would be applied is YAML, in the namespaces of the cluster', () => {
    const names = objects().map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    expect(names).toEqual([
      'Namespace /meshspec-dry-run-prod',
      'ServiceAccount meshspec-dry-run-prod/shop',
      'ServiceAccount meshspec-dry-run-prod/client',
      'Service meshspec-dry-run-prod/shop',
      'Deployment meshspec-dry-run-prod/shop-v1',
      'Service meshspec-dry-run-prod/client',
      'Deployment meshspec-dry-run-prod/client-v1',
      'Secret meshspec-dry-run-prod/s',
      'VirtualService meshspec-dry-run-prod/shop',
    ])
    expect(plan.stdout).toContain('shop.meshspec-dry-run-prod.svc.cluster.local')
    expect(plan.stdout).toContain('# applies Deployment meshspec-dry-run-prod/shop-v1, as above')
  })

  test('what would be sent', () => {
    const sent = plan.stdout.split('\n').filter((line) => line.startsWith('# sends'))
    expect(sent).toEqual([
      '# sends 100 × GET http://shop.meshspec-dry-run-prod/ from client.prod',
      '# sends POST /login through the ingress gateway, with content-type, a body of 30 bytes',
      '# sends GET /productpage through the ingress gateway, with cookie',
    ])
    expect(plan.stdout).toContain('In all 9 objects and 102 requests')
  })

  test('no values of Secrets, cookies and tokens', () => expect(plan.stdout).not.toMatch(/secret-4711|token-4711|session=/))

  test('what would not be supported is told, and why', async () => {
    const { status, stderr } = await meshspec()
    expect(status).toBe(0)
    expect(stderr).toContain('the scenario asks for echo services, which --deploy would put into the cluster')
  })

  test('a config that is not there is a mistake all the same', async () => {
    writeFileSync(join(folder, 'g.feature'), 'Feature: F\n  Scenario: S\n    Given the config "nowhere.yaml"\n')
    const { status, stderr } = await meshspec('g.feature')
    rmSync(join(folder, 'g.feature'))
    expect(status).toBe(1)
    expect(stderr).toContain('nowhere.yaml')
  })
})

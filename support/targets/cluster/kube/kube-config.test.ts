import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadKubeConfig } from './kube-config.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'meshspec-kubeconfig-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function kubeconfig(context: string, cluster = 'one', server = 'https://10.0.0.1:6443'): string {
  const file = join(folder, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [
      { name: context, context: { cluster, user: 'me' } },
      { name: 'other', context: { cluster: 'elsewhere', user: 'me' } },
    ],
    clusters: [
      { name: cluster, cluster: { server } },
      { name: 'elsewhere', cluster: { server: 'https://10.0.0.2:6443' } },
    ],
    users: [{ name: 'me', user: { token: 't' } }],
  }
  writeFileSync(file, JSON.stringify(config))
  return file
}

const settings = { context: null, allowProduction: false }

test.each([
  ['prod', 'one', 'https://10.0.0.1'],
  ['eu-prod-1', 'one', 'https://10.0.0.1'],
  ['PRODUCTION', 'one', 'https://10.0.0.1'],
  ['gke_shop_prd2', 'one', 'https://10.0.0.1'],
  ['mine', 'live', 'https://10.0.0.1'],
  ['mine', 'one', 'https://api.prod.example.com:6443'],
])('the context %s of the cluster %s at %s looks like production', async (context, cluster, server) => {
  const file = kubeconfig(context, cluster, server)
  await expect(loadKubeConfig({ ...settings, kubeconfig: file })).rejects.toMatchObject({
    code: 'CLUSTER_REFUSED',
    message: expect.stringContaining('--allow-production'),
  })
  const allowed = await loadKubeConfig({ ...settings, kubeconfig: file, allowProduction: true })
  expect(allowed.getCurrentContext()).toBe(context)
  // What is named is what is looked at.
  expect((await loadKubeConfig({ ...settings, kubeconfig: file, context: 'other' })).getCurrentContext()).toBe('other')
})

test.each(['staging', 'product-catalog-test', 'alive', 'reproduce', 'delivery'])('the context %s does not', async (context) => {
  expect((await loadKubeConfig({ ...settings, kubeconfig: kubeconfig(context) })).getCurrentContext()).toBe(context)
})

test('a context that there is not is told with those that there are', async () => {
  await expect(loadKubeConfig({ ...settings, kubeconfig: kubeconfig('one'), context: 'two' })).rejects.toMatchObject({
    code: 'INVALID_SETTING',
    message: expect.stringContaining('there are one, other'),
  })
})

test.each([
  ['', 'it is empty, or no kubeconfig'],
  ['[1, 2]', 'no contexts'],
  ['{"clusters": [], "contexts": []}', 'no contexts'],
  ['{"contexts": [{"name": "c", "context": {"cluster": "a", "user": "u"}}]}', 'names no current context'],
  [
    '{"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "gone", "user": "u"}}]}',
    'of the cluster "gone", which the kubeconfig does not have',
  ],
] as const)('the kubeconfig %j is told to lack something', async (text, says) => {
  const file = join(folder, 'config')
  writeFileSync(file, text)
  await expect(loadKubeConfig({ ...settings, kubeconfig: file })).rejects.toMatchObject({
    code: 'INVALID_SETTING',
    message: expect.stringContaining(says),
  })
})

test.each(['certificate-authority', 'client-certificate', 'client-key'])('a file of %s that is not there is named', async (key) => {
  const file = kubeconfig('one')
  const config = JSON.parse(readFileSync(file, 'utf8')) as { clusters: { cluster: object }[]; users: { user: object }[] }
  Object.assign(key.startsWith('client') ? config.users[0]!.user : config.clusters[0]!.cluster, { [key]: 'missing.pem' })
  writeFileSync(file, JSON.stringify(config))
  await expect(loadKubeConfig({ ...settings, kubeconfig: file })).rejects.toMatchObject({
    code: 'INVALID_SETTING',
    message: expect.stringContaining(`names the file ${join(folder, 'missing.pem')}, which cannot be read (ENOENT)`),
  })
})

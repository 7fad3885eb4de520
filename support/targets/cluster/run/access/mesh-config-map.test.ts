import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { authorizersOf, dividedMeshConfig, MeshConfigMap, meshConfigMapName } from './mesh-config-map.ts'
import type { MeshConfigMapOptions } from './mesh-config-map.ts'

const mesh = { version: '1.30', revision: 'default', namespace: 'istio-system', deployment: 'istiod' }
const text = 'enableTracing: true\nextensionProviders: [{name: logs, envoyFileAccessLog: {}}]\n'

function inCluster(found: KubeObject | null = map(text), more: Partial<MeshConfigMapOptions> = {}) {
  const objects = { read: async () => found } as unknown as KubeObjects
  return new MeshConfigMap({ objects, mesh, run: '1f2e3d', patienceMs: 300, assertHope: async () => {}, ...more })
}

function map(content: string): KubeObject {
  const metadata = { name: 'istio', namespace: 'istio-system' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mesh: content, meshNetworks: 'networks: {}' } }
}

const meshOf = (object: KubeObject): unknown => parse((object['data'] as { readonly mesh: string }).mesh)

test('the mesh config is that of the mesh with what the scenario says, each time', async () => {
  const own = inCluster()
  const guard = { name: 'guard', envoyExtAuthzHttp: { service: 'guard.run.svc.cluster.local', port: 80 } }
  const first = await own.with({ h2UpgradePolicy: 'UPGRADE', extensionProviders: [guard] })
  expect(first.metadata).toEqual({ name: 'istio', namespace: 'istio-system' })
  expect(first['data']).toMatchObject({ meshNetworks: 'networks: {}' })
  const logs = { name: 'logs', envoyFileAccessLog: {} }
  const marker = (generation: number) => ({ name: `meshspec-1f2e3d-${generation}`, prometheus: {} })
  expect(meshOf(first)).toEqual({ enableTracing: true, h2UpgradePolicy: 'UPGRADE', extensionProviders: [logs, guard, marker(1)] })
  expect(meshOf(await own.with({ enableTracing: false }))).toEqual({ enableTracing: false, extensionProviders: [logs, marker(2)] })
})

test.each([
  ['a provider of the mesh is not replaced', map(text), 'the mesh has an extension provider logs of its own'],
  [
    "what a killed run has left is not taken for the mesh's own",
    map('extensionProviders: [{name: meshspec-abcdef-2}]'),
    'ConfigMap istio-system/istio still has what another run has put there (the provider meshspec-abcdef-2)',
  ],
  ['a mesh without one', null, 'there is no ConfigMap istio-system/istio'],
])('%s', async (_, found, reason) => {
  await expect(inCluster(found).with({ extensionProviders: [{ name: 'logs' }] })).rejects.toThrow(reason)
})

test('it is waited for until every pod of the control plane goes by it, and at last by what was before', async () => {
  const before = '{"extensionProviders":[]}'
  const after = '{"extensionProviders":[{"name":"meshspec-1f2e3d-1"}]}'
  const answers = [[], [before, before], [after, null], [after, before], [after, after]]
  let asked = 0
  const own = inCluster(map(''), { patienceMs: 5000, ask: async () => answers[Math.min(asked++, answers.length - 1)]! })
  await own.with({ enableTracing: true })
  await own.taken()
  expect(asked).toBe(5)
  answers.push([after, before], [before, before])
  await own.left()
  expect(asked).toBe(7)
})

test.each([
  ['one goes on with what it had', ['{}'], 'after 0.3 s the control plane does not go by the mesh config of the scenario'],
  ['one does not tell', [null], 'after 0.3 s the control plane does not tell its mesh config'],
])('not yet programmed: %s', async (_, told, message) => {
  const own = inCluster(map(text), { ask: async () => told })
  await own.with({ enableTracing: true })
  await expect(own.taken()).rejects.toMatchObject({ name: 'NotYetProgrammed', message })
})

test('nobody waits for a control plane that is gone', async () => {
  const assertHope = () => Promise.reject(clusterError('CLUSTER_FAILED', 'the control plane is gone', null))
  await expect(inCluster(map(text), { ask: async () => [], assertHope, patienceMs: 60_000 }).taken()).rejects.toMatchObject({
    code: 'CLUSTER_FAILED',
  })
})

test('what every proxy takes up is told from what is about pods, certificates and the control plane', () => {
  const object = { apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshConfig', metadata: { name: 'mesh' } }
  const given = { h2UpgradePolicy: 'UPGRADE', trustDomain: 'else', outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }
  const [own, ofMesh] = dividedMeshConfig({ ...object, ...given })
  expect(own).toEqual({ ...object, trustDomain: 'else', outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })
  expect(ofMesh).toEqual({ h2UpgradePolicy: 'UPGRADE' })
})

test('its name is that of the revision', () => {
  expect(['default', null, '1-30'].map((revision) => meshConfigMapName({ revision }))).toEqual(['istio', 'istio', 'istio-1-30'])
})

test('authorizers are known by their first names', () => {
  const extensionProviders = [
    { name: 'a', envoyExtAuthzHttp: { service: 'guard.default.svc.cluster.local' } },
    { name: 'b', envoyExtAuthzGrpc: { service: 'foo/warden.foo.svc.cluster.local' } },
    { name: 'c', prometheus: {} },
  ]
  const given = [
    { kind: 'MeshConfig', object: { extensionProviders } },
    { kind: 'Service', object: {} },
  ] as unknown as readonly Resource[]
  expect(authorizersOf(given)).toEqual(['guard', 'warden'])
})

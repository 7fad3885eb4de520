import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { runnable, workloadKey } from './pod-manifests.ts'

const ports = [{ containerPort: 80 }, { containerPort: 5432 }, { containerPort: 8443, name: 'https' }]
const labels = { app: 'db', version: 'v1' }
const workload = (kind: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'db', namespace: 'shop' },
  spec: {
    serviceName: 'db',
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'app', ports }] } },
  },
})
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db' },
  spec: {
    selector: { app: 'db' },
    ports: [
      { name: 'http', port: 8080, targetPort: 80 },
      { name: 'tcp-sql', port: 5432 },
    ],
  },
}
const made = (kind: string, services: readonly KubeObject[] = [service]): KubeObject =>
  runnable(workload(kind), { run: '1f2e3d', image: 'echo', injected: true, services })

const portsOf = ({ spec }: KubeObject): string =>
  spec.template.spec.containers[0].env.find(({ name }: { readonly name: string }) => name === 'MESHSPEC_PORTS').value

test('what is spoken on a port without a name is what the Service says that leads to it', () => {
  expect(portsOf(made('StatefulSet'))).toBe('80,5432/tcp,8443/tls')
  expect(portsOf(made('StatefulSet', []))).toBe('80,5432,8443/tls')
  expect(portsOf(made('StatefulSet', [{ ...service, spec: { ...service['spec'], selector: { app: 'other' } } }]))).toBe('80,5432,8443/tls')
  // Names of Services may be longer than those of ports of containers.
  expect(made('StatefulSet')['spec'].template.spec.containers[0].ports).toEqual(ports)
})

test.each([
  ['Deployment', { replicas: 2, strategy: { type: 'RollingUpdate' } }],
  ['StatefulSet', { replicas: 2, serviceName: 'db', podManagementPolicy: 'Parallel' }],
  ['DaemonSet', { updateStrategy: { type: 'RollingUpdate' } }],
  ['ReplicaSet', { replicas: 2 }],
])('%s: its own pods are told apart from those of another kind of the same name', (kind, spec) => {
  const object = made(kind)
  expect(object['spec']).toMatchObject(spec)
  expect('replicas' in object['spec']).toBe(kind !== 'DaemonSet')
  expect('strategy' in object['spec']).toBe(kind === 'Deployment')
  const key = kind === 'Deployment' ? 'db' : `db.${kind}`
  expect(workloadKey(object)).toBe(key)
  expect(object['spec'].selector).toEqual({ matchLabels: { 'meshspec.dev/workload': key } })
  expect(object['spec'].template.metadata.labels).toMatchObject({ ...labels, 'meshspec.dev/workload': key, 'meshspec.dev/run': '1f2e3d' })
})

test('the account is said in any case: one of the scenario before is not to be left in place', () => {
  expect(made('Deployment')['spec'].template.spec.serviceAccountName).toBe('default')
  const named = workload('Deployment')
  named['spec'].template.spec.serviceAccountName = 'till'
  expect(runnable(named, { run: '1f2e3d', image: 'echo', injected: true })['spec'].template.spec.serviceAccountName).toBe('till')
})

test.each([
  ['gcr.io/istio-testing/ext-authz:latest', ['gcr.io/istio-testing/ext-authz:latest']],
  ['example.com/shop:1', []],
])('what has a program here runs it, everything else is an echo service: %s', (image, told) => {
  const deployment = workload('Deployment')
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image, ports }] } }
  const { spec } = runnable({ ...deployment, spec: { template } }, { run: '1f2e3d', image: 'meshspec/meshspec', injected: true })
  const [container] = spec.template.spec.containers as { image: string; env: { name: string; value?: string }[] }[]
  expect(container!.image).toBe('meshspec/meshspec')
  expect(container!.env.filter(({ name }) => name === 'MESHSPEC_IMAGE').map(({ value }) => value)).toEqual(told)
})

test('a small cluster has room for a run: sidecars ask for little, unless the manifest says how much', () => {
  const annotationsOf = (object: KubeObject) =>
    runnable(object, { run: '1f2e3d', image: 'echo', injected: true })['spec'].template.metadata.annotations
  expect(annotationsOf(workload('Deployment'))).toMatchObject({ 'sidecar.istio.io/proxyCPU': '10m', 'sidecar.istio.io/proxyMemoryLimit': '1024Mi' })
  const own = workload('Deployment')
  own['spec'].template.metadata.annotations = { 'sidecar.istio.io/proxyCPU': '1' }
  expect(annotationsOf(own)).toMatchObject({ 'sidecar.istio.io/proxyCPU': '1' })
})

test('a gateway keeps count of what it answers by itself, and stays Istio’s proxy', () => {
  const deployment = workload('Deployment')
  const annotations = { 'inject.istio.io/templates': 'gateway' }
  const container = { name: 'istio-proxy', image: 'auto' }
  const template = { metadata: { labels, annotations }, spec: { containers: [container] } }
  const { metadata, spec } = runnable({ ...deployment, spec: { template } }, { run: '1f2e3d', image: 'echo', injected: true })['spec'].template
  expect(spec.containers).toEqual([container])
  const { proxyStatsMatcher } = parse(metadata.annotations['proxy.istio.io/config'])
  const isKept = (name: string): boolean => proxyStatsMatcher.inclusionRegexps.some((source: string) => new RegExp(`^${source}$`).test(name))
  const kept = ['no_route', 'rbac.denied', 'rbac.istio_dry_run_allow_shadow_denied', 'rq_total', 'downstream_rq_2xx']
  expect(kept.filter((name) => isKept(`http.outbound_0.0.0.0_80;.${name}`))).toEqual(['no_route', 'rbac.denied'])
  expect(made('Deployment')['spec'].template.metadata.annotations['proxy.istio.io/config']).not.toContain('proxyStatsMatcher')
})

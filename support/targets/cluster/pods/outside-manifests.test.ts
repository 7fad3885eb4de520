import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import {
  gatewayParameters,
  gatewaySeeingOutside,
  isOutsidePod,
  outsideDeployment,
  outsideMap,
  seeingOutside,
  seesOutside,
} from './outside-manifests.ts'
import { runnable } from './pod-manifests.ts'

const resolver = 'search run-outside.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'

test('pods look names up where they would, with its DNS before that of the cluster', () => {
  const { data } = outsideMap('run', { address: '10.244.0.9', resolver, authority: 'PEM' })
  expect(data).toEqual({
    'resolv.conf': 'nameserver 10.244.0.9\nsearch run.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    'authorities.crt': 'PEM',
  })
})

test('it is known by its label, has no sidecar, speaks TLS on 443, and is no app that a Service selects', () => {
  const { spec } = runnable(outsideDeployment('run-outside'), { run: '1f2e3d', image: 'meshspec/meshspec', injected: false })
  const { metadata, spec: pod } = spec.template
  expect(isOutsidePod(metadata)).toBe(true)
  expect([metadata.labels['sidecar.istio.io/inject'], metadata.labels['app']]).toEqual(['false', undefined])
  expect(pod.containers[0].env).toContainEqual({ name: 'MESHSPEC_PORTS', value: '80,443/tls' })
  expect(pod.containers[0].env).toContainEqual({ name: 'MESHSPEC_OUTSIDE', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } })
  expect(isOutsidePod({ labels: { app: 'outside' } })).toBe(false)
})

test('pods of a Gateway see it as others do, unless the Gateway has parameters of its own', () => {
  const own = { group: '', kind: 'ConfigMap', name: 'own' }
  const gateway = (infrastructure?: object): KubeObject => ({
    ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'egress', namespace: 'run' } },
    spec: { gatewayClassName: 'istio', ...(infrastructure && { infrastructure }) },
  })
  const { metadata, data } = gatewayParameters('run') as KubeObject & { readonly data: Readonly<Record<string, string>> }
  const named = { group: '', kind: 'ConfigMap', name: metadata.name }
  expect(gatewaySeeingOutside(gateway())['spec'].infrastructure).toEqual({ parametersRef: named })
  expect(gatewaySeeingOutside(gateway({ labels: { a: 'b' } }))['spec'].infrastructure).toEqual({ labels: { a: 'b' }, parametersRef: named })
  expect([gateway(), gatewaySeeingOutside(gateway()), gatewaySeeingOutside(gateway({ parametersRef: own }))].map(seesOutside)).toEqual([
    false,
    true,
    false,
  ])
  // The control plane takes no other key there.
  expect(Object.keys(data)).toEqual(['deployment'])
  const { volumes, containers } = JSON.parse(data['deployment']!).spec.template.spec
  const others = seeingOutside({ annotations: {}, spec: { containers: [{ name: 'istio-proxy' }] } }).spec
  expect([volumes, containers]).toEqual([others.volumes, others.containers])
})

test('containers get its files beside what they have, and so do sidecars', () => {
  const given = {
    annotations: { 'sidecar.istio.io/userVolumeMount': '{"own":{"mountPath":"/etc/own"}}' },
    spec: { volumes: [{ name: 'own' }], containers: [{ name: 'echo', volumeMounts: [{ name: 'own', mountPath: '/etc/own' }] }] },
  }
  const { annotations, spec } = seeingOutside(given)
  const paths = ['/etc/own', '/etc/resolv.conf', '/etc/ssl/certs/ca-certificates.crt']
  expect(spec.containers[0]!.volumeMounts!.map((mount) => (mount as { readonly mountPath: string }).mountPath)).toEqual(paths)
  const forSidecar = JSON.parse(annotations['sidecar.istio.io/userVolumeMount']!) as Readonly<Record<string, { readonly mountPath: string }>>
  expect(Object.values(forSidecar).map(({ mountPath }) => mountPath)).toEqual(paths)
  // The template writes the names itself.
  expect(Object.values(forSidecar).some((mount) => 'name' in mount)).toBe(false)
  expect(spec.volumes!.map((volume) => (volume as { readonly name: string }).name)).toEqual(Object.keys(forSidecar))
})

import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { controlPort } from '../../../../samples/pod/control.ts'

const name = 'meshspec-outside'

/** Of the pod. */
export const outsideLabel = 'meshspec.dev/outside=true'
const [outsideKey = '', outsideValue = ''] = outsideLabel.split('=')

/** Has the pod been made to stand for what is outside of the cluster? */
export function isOutsidePod({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean {
  return labels[outsideKey] === outsideValue
}

/** No Service leads to it, and it has no sidecar: the mesh does not know it. */
export function outsidePod(namespace: string, image: string): KubeObject {
  const labels = { [outsideKey]: outsideValue }
  const of = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } })
  const env = [
    { name: 'MESHSPEC_CONTROL', value: '1' },
    { name: 'MESHSPEC_OUTSIDE', ...of('status.podIP') },
    { name: 'MESHSPEC_WORKLOAD', value: 'outside' },
    { name: 'MESHSPEC_APP', value: 'outside' },
    { name: 'MESHSPEC_POD', ...of('metadata.name') },
    { name: 'MESHSPEC_PORTS', value: '80,443/tls' },
  ]
  const readinessProbe = { httpGet: { path: '/ready', port: controlPort }, periodSeconds: 1, failureThreshold: 1 }
  const ports = [80, 443].map((containerPort) => ({ containerPort }))
  const container = { name: 'outside', image, env, ports, readinessProbe }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
        spec: { terminationGracePeriodSeconds: 2, containers: [container] },
      },
    },
  }
}

export interface OutsideSettings {
  /** IPv4, of its DNS. */
  readonly address: string
  /** `resolv.conf`, as the kubelet has written it for that pod. */
  readonly resolver: string
  /** PEM. */
  readonly authority: string
}

/** What the containers of a namespace's pods are to have of it, as files. Should it ever be gone, the cluster's DNS goes on answering. */
export function outsideMap(namespace: string, { address, resolver, authority }: OutsideSettings): KubeObject {
  const resolvConf = resolver.replace(/^(search )\S+?(?=\.svc\.)/m, `$1${namespace}`).trim()
  const data = { 'resolv.conf': `nameserver ${address}\n${resolvConf}\n`, 'authorities.crt': authority }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }
}

/** Where the files belong. Of those that Istio's proxy looks for, the first is that of its image. Source: Istio `pkg/security/security.go` (GetOSRootFilePath). */
const files: readonly (readonly [volume: string, key: string, path: string])[] = [
  ['meshspec-resolver', 'resolv.conf', '/etc/resolv.conf'],
  ['meshspec-authorities', 'authorities.crt', '/etc/ssl/certs/ca-certificates.crt'],
]

interface Container {
  readonly name: string
  readonly volumeMounts?: readonly object[]
}

export interface PodParts {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: { readonly volumes?: readonly object[]; readonly containers: readonly Container[] } & Readonly<Record<string, unknown>>
}

/** Pods that see it, and their sidecars, which get their mounts by annotation. Source: Istio, "Resource Annotations" (`sidecar.istio.io/userVolumeMount`). */
export function seeingOutside({ annotations, spec }: PodParts): PodParts {
  const mounts = files.map(([volume, key, mountPath]) => ({ name: volume, mountPath, subPath: key, readOnly: true }))
  const volumes = files.map(([volume, key]) => ({ name: volume, configMap: { name, items: [{ key, path: key }] } }))
  const forSidecar = Object.fromEntries(mounts.map(({ name: volume, ...mount }) => [volume, mount]))
  const given = JSON.parse(annotations['sidecar.istio.io/userVolumeMount'] ?? '{}') as object
  return {
    annotations: { ...annotations, 'sidecar.istio.io/userVolumeMount': JSON.stringify({ ...given, ...forSidecar }) },
    spec: {
      ...spec,
      volumes: [...(spec.volumes ?? []), ...volumes],
      containers: spec.containers.map((container) => ({ ...container, volumeMounts: [...(container.volumeMounts ?? []), ...mounts] })),
    },
  }
}

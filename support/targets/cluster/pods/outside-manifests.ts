import type { KubeObject } from '../../../../mesh-core/config/resource.ts'

const name = 'meshspec-outside'

/** Of the pod. */
export const outsideLabel = 'meshspec.dev/outside'

/** Has the pod been made to stand for what is outside of the cluster? */
export function isOutsidePod({ labels }: { readonly labels: Readonly<Record<string, string>> }): boolean {
  return labels[outsideLabel] !== undefined
}

/** The echo service, in plain text and with TLS, which is the DNS of others besides. Without a Service and without a sidecar the mesh does not know it. */
export function outsideDeployment(namespace: string): KubeObject {
  const env = [{ name: 'MESHSPEC_OUTSIDE', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }]
  const ports = [
    { name: 'http', containerPort: 80 },
    { name: 'https', containerPort: 443 },
  ]
  const template = { metadata: { labels: { [outsideLabel]: 'true' } }, spec: { containers: [{ name: 'outside', env, ports }] } }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec: { template } }
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

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

const mounts = files.map(([volume, key, mountPath]) => ({ name: volume, mountPath, subPath: key, readOnly: true }))
const volumes = files.map(([volume, key]) => ({ name: volume, configMap: { name, items: [{ key, path: key }] } }))

const parameters = 'meshspec-outside-gateway'

/** What the pods have besides that the control plane makes of Gateways. Source: Istio, "Kubernetes Gateway API", Automated Deployment. */
export function gatewayParameters(namespace: string): KubeObject {
  const deployment = { spec: { template: { spec: { volumes, containers: [{ name: 'istio-proxy', volumeMounts: mounts }] } } } }
  const metadata = { name: parameters, namespace }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { deployment: JSON.stringify(deployment) } }
}

/** A Gateway whose pods see it; one that has parameters of its own stays as it is. */
export function gatewaySeeingOutside(gateway: KubeObject): KubeObject {
  const { infrastructure = {}, ...spec } = gateway.spec as { readonly infrastructure?: { readonly parametersRef?: object } }
  const parametersRef = infrastructure.parametersRef ?? { group: '', kind: 'ConfigMap', name: parameters }
  return { ...gateway, spec: { ...spec, infrastructure: { ...infrastructure, parametersRef } } }
}

/** Do the pods see it that are made of the Gateway? */
export function seesOutside({ spec }: KubeObject): boolean {
  const { kind, name: named } = (spec.infrastructure?.parametersRef ?? {}) as { readonly kind?: string; readonly name?: string }
  return kind === 'ConfigMap' && named === parameters
}

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

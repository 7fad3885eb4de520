import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { seeingOutside } from '../../pods/outside-manifests.ts'
import { runLabel } from '../restore/restore.ts'
import { secretMounts, secretVolumes } from './mounted-secrets.ts'

/** Of the ingress gateway's Deployment, its Service and its account: what statements about Istio's own call it. */
export const ingressName = 'istio-ingressgateway'

/** What makes one ingress gateway of a run another than the next. */
export interface IngressParts {
  /** That stands for `istio-system`. */
  readonly namespace: string
  /** In the place of `istio: ingressgateway`. */
  readonly label: string
  readonly run: string
  readonly ports: readonly number[]
  readonly seesOutside: boolean
  /** What the files of its pod are made of; `''` for none. */
  readonly files: string
}

/** A gateway may read the Secrets beside it. Source: chart `gateway`, `role.yaml`. */
export function ingressRights({ namespace }: IngressParts): readonly KubeObject[] {
  const metadata = { name: ingressName, namespace }
  const rbac = 'rbac.authorization.k8s.io'
  const rule = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [rule] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: ingressName },
      subjects: [{ kind: 'ServiceAccount', name: ingressName, namespace }],
    },
  ] as unknown as readonly KubeObject[]
}

export function ingressDeployment({ namespace, label, run, seesOutside, files }: IngressParts): KubeObject {
  const labels = { istio: label, 'sidecar.istio.io/inject': 'true', [runLabel]: run }
  const annotations = {
    'inject.istio.io/templates': 'gateway',
    'proxy.istio.io/config': 'concurrency: 1\nterminationDrainDuration: 1s\n',
    ...(files && { 'meshspec.dev/files': files }),
  }
  const containers = [{ name: 'istio-proxy', image: 'auto', volumeMounts: secretMounts }]
  const spec = { serviceAccountName: ingressName, terminationGracePeriodSeconds: 2, containers, volumes: secretVolumes }
  const plain = { annotations, spec }
  const seen = seesOutside ? seeingOutside(plain) : plain
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: ingressName, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { istio: label } },
      template: { metadata: { labels, annotations: seen.annotations }, spec: seen.spec },
    },
  }
}

export function ingressService({ namespace, label, ports: own }: IngressParts): KubeObject {
  const ports = own.map((port) => ({
    name: `${nameOfPort.get(port) ?? 'tcp'}-${port}`,
    port,
    targetPort: containerPorts.get(port) ?? port,
  }))
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: ingressName, namespace },
    spec: { type: 'LoadBalancer', selector: { istio: label }, ports },
  }
}

/** As Istio's own ingress gateway has them: config may name either. Source: chart `istio-ingress`. */
const containerPorts: ReadonlyMap<number, number> = new Map([
  [80, 8080],
  [443, 8443],
])

const nameOfPort: ReadonlyMap<number, string> = new Map([
  [80, 'http2'],
  [443, 'https'],
])

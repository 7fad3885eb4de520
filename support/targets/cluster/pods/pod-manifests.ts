import { createHash } from 'node:crypto'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { controlPort } from '../../../../samples/pod/control.ts'
import { isSample } from '../../../../samples/resolve-program.ts'
import { canonical, runLabel } from '../run/restore/restore.ts'
import { keepingCounts } from './gateway-counts.ts'
import { barrierPort, statsPort } from './gateway-ports.ts'
import { seeingOutside } from './outside-manifests.ts'

/** By which workload a pod was made, and of which content of it. */
export const workloadLabel = 'meshspec.dev/workload'
export const contentLabel = 'meshspec.dev/content'

/** Of a workload's pods, in `workloadLabel`: a Deployment and a StatefulSet may have one name. */
export function workloadKey({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return kind === 'Deployment' ? metadata.name : `${metadata.name}.${kind}`
}

interface Container {
  readonly name: string
  readonly image?: string
  readonly env?: readonly object[]
  readonly readinessProbe?: object
  readonly ports?: readonly { readonly containerPort: number; readonly name?: string }[]
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly serviceAccountName?: string; readonly containers: readonly Container[] }
}

/**
 * One thread, so that circuit breakers and round robin count as the scenario does: each thread of an Envoy balances, and may connect, by itself. What a changed
 * listener leaves behind ends quickly, so that a policy that comes in the middle of a scenario is in force for connections that were open before.
 */
const proxyConfig = 'concurrency: 1\nterminationDrainDuration: 1s\ndrainDuration: 1s\n'

/**
 * A run has many pods at a time, and little goes through each: a small cluster is to have room for them. The limits are those of Istio's default profile, which an
 * annotation for a request takes away. Source: Istio, resource annotations.
 */
const proxyResources = {
  'sidecar.istio.io/proxyCPU': '10m',
  'sidecar.istio.io/proxyMemory': '40Mi',
  'sidecar.istio.io/proxyCPULimit': '2000m',
  'sidecar.istio.io/proxyMemoryLimit': '1024Mi',
}

export interface PodManifestOptions {
  readonly run: string
  /** Of our pods. */
  readonly image: string
  /** `false`: the injector leaves the pods alone. */
  readonly injected: boolean
  /** Do they see what the run has in the place of what is outside of the cluster? Default: no. */
  readonly outside?: boolean
  /** Of its namespace: they say what is spoken on ports of containers that have no name. */
  readonly services?: readonly KubeObject[]
}

/** How pods of another content come in the place of those that are there: at once. A ReplicaSet leaves its pods as they are. */
function replacing(kind: string, replicas: number | undefined): object {
  const atOnce = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } }
  if (kind === 'DaemonSet') return { updateStrategy: atOnce }
  if (kind === 'StatefulSet') return { replicas: replicas ?? 1, podManagementPolicy: 'Parallel' }
  if (kind === 'ReplicaSet') return { replicas: replicas ?? 1 }
  return { replicas: replicas ?? 1, strategy: { ...atOnce, rollingUpdate: { maxUnavailable: '100%', maxSurge: '100%' } } }
}

/**
 * A scenario's Deployment, or another kind that makes pods, as it can run in a cluster: an echo service gets our image and is told who it is; Bookinfo keeps its images. Pods end
 * quickly, and tell the run what they have received.
 */
export function runnable(deployment: KubeObject, { run, image, injected, outside = false, services = [] }: PodManifestOptions): KubeObject {
  const { metadata } = deployment
  const {
    template,
    selector: _selector,
    replicas,
    ...rest
  } = deployment['spec'] as { readonly template: Template; readonly selector: unknown; readonly replicas?: number }
  const labels = {
    ...template.metadata?.labels,
    [workloadLabel]: workloadKey(deployment),
    [runLabel]: run,
    ...(injected ? {} : { 'sidecar.istio.io/inject': 'false' }),
  }
  // A gateway is Istio's proxy, which its injection makes of the container.
  const isGateway = template.metadata?.annotations?.['inject.istio.io/templates'] === 'gateway'
  const annotations = {
    ...proxyResources,
    'proxy.istio.io/config': isGateway ? proxyConfig + keepingCounts : proxyConfig,
    'traffic.sidecar.istio.io/excludeInboundPorts': String(controlPort),
    // Pods of one service count together, and gateways are asked what they have.
    'traffic.sidecar.istio.io/excludeOutboundPorts': [controlPort, barrierPort, statsPort].join(','),
    ...template.metadata?.annotations,
  }
  const containers = template.spec.containers.map((container, i) =>
    i === 0 && !isGateway ? told(container, metadata.name, labels, image, namesOfPorts(labels, services)) : container,
  )
  // Said in any case: a server-side apply that leaves the account away leaves the former one in place, by the name that it had in old versions (`serviceAccount`).
  const serviceAccountName = template.spec.serviceAccountName ?? 'default'
  const plain = { annotations, spec: { ...template.spec, serviceAccountName, containers, terminationGracePeriodSeconds: 2 } }
  const seen = outside ? seeingOutside(plain) : plain
  const content = createHash('sha256')
    .update(canonical({ labels, ...seen }))
    .digest('hex')
    .slice(0, 12)
  return {
    ...deployment,
    metadata: { ...metadata, labels: { ...metadata.labels, [runLabel]: run, [contentLabel]: content } },
    spec: {
      ...rest,
      ...replacing(deployment.kind, replicas),
      selector: { matchLabels: { [workloadLabel]: workloadKey(deployment) } },
      template: { metadata: { labels: { ...labels, [contentLabel]: content }, annotations: seen.annotations }, spec: seen.spec },
    },
  }
}

type Labels = Readonly<Record<string, string>>

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly targetPort?: number | string
}

/** @returns how the Service's port is called that leads to one of the pods */
function namesOfPorts(labels: Labels, services: readonly KubeObject[]): (containerPort: number) => string | undefined {
  const leading = services.flatMap(({ spec = {} }): readonly ServicePort[] => {
    const selector = Object.entries((spec.selector ?? {}) as Labels)
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value) ? (spec.ports ?? []) : []
  })
  return (containerPort) => leading.find(({ port, targetPort = port }) => targetPort === containerPort)?.name
}

/** By which a run makes a pod not ready. */
const asksReady = { httpGet: { path: '/ready', port: controlPort } }
/** What it says counts at once; that a busy node takes long to say it does not, for proxies would have nobody to send to meanwhile. */
const ownProbe = { ...asksReady, periodSeconds: 5, timeoutSeconds: 60, failureThreshold: 1 }

/** Once a second until it has started, for as long as images may take: what stands is asked less often, for each question costs the pod, its sidecar and its node. */
const startProbe = { ...asksReady, periodSeconds: 1, failureThreshold: 180 }

/** Has its manifest said when its pods are ready? */
export function probesItself(deployment: KubeObject): boolean {
  const [first] = (deployment['spec'] as { readonly template: Template }).template.spec.containers
  return first?.readinessProbe !== undefined && first.readinessProbe !== ownProbe
}

/** @param nameOf what a port without a name is called by others, which is what the mesh goes by */
function told(
  container: Container,
  workload: string,
  labels: Labels,
  image: string,
  nameOf: (containerPort: number) => string | undefined,
): Container {
  const isBookinfo = /bookinfo-/.test(container.image ?? '')
  const ports = (container.ports ?? []).map((port) => ({ name: nameOf(port.containerPort), ...port }))
  const of = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } })
  const env = [
    ...(container.env ?? []),
    { name: 'MESHSPEC_CONTROL', value: '1' },
    { name: 'MESHSPEC_WORKLOAD', value: workload },
    { name: 'MESHSPEC_APP', value: labels['app'] ?? workload },
    { name: 'MESHSPEC_VERSION', value: labels['version'] ?? '' },
    { name: 'MESHSPEC_POD', ...of('metadata.name') },
    { name: 'MESHSPEC_NAMESPACE', ...of('metadata.namespace') },
    ...(isSample(container.image ?? '') ? [{ name: 'MESHSPEC_IMAGE', value: container.image }] : []),
    ...(isBookinfo ? [] : [{ name: 'MESHSPEC_PORTS', value: ports.map(portText).join(',') }]),
  ]
  if (isBookinfo) return { ...container, env }
  // One that the manifest has is what its scenario is about.
  const probes = container.readinessProbe === undefined ? { startupProbe: startProbe, readinessProbe: ownProbe } : {}
  return { ...probes, ...container, image, env }
}

/** A port named for TLS takes nothing else; what is not said to be HTTP takes what comes. Source: Istio, protocol selection. */
function portText({ containerPort, name = '' }: { readonly containerPort: number; readonly name?: string | undefined }): string {
  if (/^(?:http|http2|grpc|grpc-web|app-h2c|app-ws)(?:-|$)/.test(name) || name === '') return String(containerPort)
  return /^(?:https|tls|app-wss)(?:-|$)/.test(name) ? `${containerPort}/tls` : `${containerPort}/tcp`
}

import type { Resource } from '../config/resource.ts'
import type { AddressBook } from './addresses.ts'
import { tlsModeLabel } from './endpoints.ts'
import { isGatewayPod } from './injection.ts'
import type { Injects } from './injection.ts'
import type { PodName, WorkloadInstance } from './registry.ts'
import { localityOf, nodeLocality } from './topology.ts'
import { mountsOf, sidecarMounts } from './volumes.ts'

export interface WorkloadOptions {
  readonly addresses: AddressBook
  readonly namespaces: ReadonlyMap<string, Resource>
  readonly nodes: ReadonlyMap<string, Resource>
  readonly injects: Injects
  /** Of pods with a sidecar: does it take what comes? */
  readonly inboundSidecar: (workload: WorkloadInstance) => boolean
}

/**
 * One pod for each replica, of a DaemonSet one for each node; a Pod is itself, and a ReplicaSet that a Deployment has made is that one's. Pods of an image that
 * cannot run are not told apart here.
 */
export function workloadsOf(resource: Resource, options: WorkloadOptions): WorkloadInstance[] {
  if (resource.kind === 'Pod') return [instanceOf(resource, resource.name, resource.name, resource.object, options)]
  const spec = resource.object['spec'] ?? {}
  if (resource.kind === 'StatefulSet') return ordinals(resource, spec, options)
  if (resource.kind === 'DaemonSet') return onEachNode(resource, spec, options)
  if (resource.kind === 'ReplicaSet' && isOwned(resource)) return []
  const replicas: number = spec.replicas ?? 1
  const template = spec.template ?? {}
  const alone = Number(resource.object.metadata.annotations?.[scaledFrom] ?? replicas) === 1
  return Array.from({ length: replicas }, (_, i) => instanceOf(resource, resource.name, instanceName(resource.name, i, alone), template, options))
}

function isOwned({ object }: Resource): boolean {
  const { ownerReferences } = object.metadata as { readonly ownerReferences?: readonly unknown[] }
  return (ownerReferences ?? []).length > 0
}

/** `db-0`, `db-1` …, each with a name of its own below the service of the set. Source: Kubernetes `pkg/controller/statefulset/stateful_set_utils.go` initIdentity. */
function ordinals(resource: Resource, set: any, options: WorkloadOptions): WorkloadInstance[] {
  const { replicas = 1, ordinals = {}, template = {}, serviceName: subdomain = '' } = set
  const start: number = ordinals.start ?? 0
  return Array.from({ length: replicas }, (_, i) => {
    const name = `${resource.name}-${start + i}`
    return instanceOf(resource, resource.name, name, { ...template, spec: { ...template.spec, hostname: name, subdomain } }, options)
  })
}

/** Where no Node is given, there is one. */
function onEachNode(resource: Resource, { template = {} }: any, options: WorkloadOptions): WorkloadInstance[] {
  const nodes = [...options.nodes.keys()]
  if (nodes.length === 0) return [instanceOf(resource, resource.name, resource.name, template, options)]
  return nodes.map((nodeName) =>
    instanceOf(resource, resource.name, `${resource.name}-${nodeName}`, { ...template, spec: { ...template.spec, nodeName } }, options),
  )
}

/** On a Deployment that was scaled: how many replicas it began with. Those that stay keep their names. */
export const scaledFrom = 'meshspec.dev/scaled-from'
/** On a pod template: `false` for none of its pods is ready, or the names of those that are not. */
export const readiness = 'meshspec.dev/ready'
export const notReady = 'meshspec.dev/not-ready'

/** A single replica is named as the workload; several are numbered. */
function instanceName(name: string, index: number, alone: boolean): string {
  return alone && index === 0 ? name : `${name}-${index + 1}`
}

function isReady(annotations: Readonly<Record<string, string>>, instance: string): boolean {
  return annotations[readiness] !== 'false' && !(annotations[notReady]?.split(',').includes(instance) ?? false)
}

/** Its PodSpec was validated by its schema when it was read. */
interface PodLike {
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly [field: string]: any
}

function instanceOf(resource: Resource, name: string, instance: string, pod: PodLike, options: WorkloadOptions): WorkloadInstance {
  const spec = pod['spec'] ?? {}
  const node: string = spec.nodeName ?? ''
  const labels = pod.metadata?.labels ?? {}
  const annotations = pod.metadata?.annotations ?? {}
  const containers: readonly Container[] = spec.containers ?? []
  const applications = containers.filter((container) => container.name !== 'istio-proxy')
  const app = applications[0] ?? containers[0]
  const meta = { namespace: resource.namespace, labels, annotations }
  const args = containers.flatMap((container) => container.args ?? [])
  const gateway = isGatewayPod({ ...meta, args })
  const workload: WorkloadInstance = {
    ref: { namespace: resource.namespace, name, instance },
    address: ownAddressOf(pod) ?? options.addresses.of(`${resource.namespace}/${instance}`),
    labels,
    annotations,
    serviceAccount: spec.serviceAccountName || spec.serviceAccount || 'default',
    ...appOf(labels, name),
    ports: containers.flatMap((container) => (container.ports ?? []).map(portOf)),
    ready: isReady(annotations, instance),
    tlsMode: 'disabled',
    gateway,
    sidecar: !gateway && options.injects({ ...meta, name, hostNetwork: spec.hostNetwork === true }, options.namespaces),
    env: Object.fromEntries((app?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    image: app?.image ?? '',
    mounts: mountsOf(spec.volumes ?? [], applications),
    proxyMounts: [
      ...mountsOf(
        spec.volumes ?? [],
        containers.filter(({ name }) => name === 'istio-proxy'),
      ),
      ...sidecarMounts(annotations),
    ],
    locality: localityOf(labels) || nodeLocality(options.nodes.get(node)?.object.metadata.labels ?? {}),
    node,
    ...podNameOf(spec),
    origin: resource.origin,
  }
  return { ...workload, tlsMode: tlsModeOf(workload, options) }
}

/** What a pod is called, and its version. @param name of its workload */
export function appOf(labels: Readonly<Record<string, string>>, name: string): Pick<WorkloadInstance, 'app' | 'version'> {
  return {
    app: labels['app'] ?? labels['app.kubernetes.io/name'] ?? name,
    version: labels['version'] ?? labels['app.kubernetes.io/version'] ?? '',
  }
}

/** A Pod as a cluster tells of it has an address; those of the network of their node share one. */
function ownAddressOf({ spec, status }: PodLike): string | null {
  return spec?.hostNetwork === true ? null : status?.podIP || null
}

function podNameOf({ hostname = '', subdomain = '' }: { readonly hostname?: string; readonly subdomain?: string }): { readonly podName?: PodName } {
  return hostname === '' && subdomain === '' ? {} : { podName: { hostname, subdomain } }
}

/** What the pod says itself stays as it is when a sidecar is injected. Source: Istio `injection-template.yaml`, `pkg/kube/util.go` PodTLSMode. */
function tlsModeOf(workload: WorkloadInstance, { inboundSidecar }: WorkloadOptions): WorkloadInstance['tlsMode'] {
  const own = workload.labels[tlsModeLabel] || null
  const takesIt = own === null ? workload.sidecar : own === 'istio'
  return takesIt && (!workload.sidecar || inboundSidecar(workload)) ? 'istio' : 'disabled'
}

function portOf({ containerPort, name = '', protocol }: ContainerPort): WorkloadInstance['ports'][number] {
  return { number: containerPort, name, ...(protocol === 'UDP' && { udp: true }) }
}

interface ContainerPort {
  readonly containerPort: number
  readonly name?: string
  readonly protocol?: string
}

interface Container {
  readonly name: string
  readonly image?: string
  readonly args?: readonly string[]
  readonly ports?: readonly ContainerPort[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

import type { KubeObjects } from '../kube/objects.ts'

/** A pod as a run looks at it. */
export interface Pod {
  readonly namespace: string
  readonly name: string
  /** Name of its Deployment, or its own. */
  readonly workload: string
  readonly app: string
  /** `version` label; `''` for none. */
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  readonly ip: string
  /** Of the application, not of the sidecar. */
  readonly container: string
  readonly sidecar: boolean
  readonly ready: boolean
  /** When it became ready, or ceased to be; `null` where the kubelet has not said. */
  readonly readySince: string | null
  readonly containers: number
  readonly readyContainers: number
  /** How often its containers have been started again. */
  readonly restarts: number
  /** Why it does not get ready, where the kubelet says so: `ImagePullBackOff: …`. */
  readonly trouble: string | null
}

/** By which one is known in the cluster. */
export function podKey({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

interface ContainerStatus {
  readonly name: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } }
}

interface KubePod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[]
  }
  readonly spec: {
    readonly containers: readonly { readonly name: string }[]
    readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[]
  }
  readonly status?: {
    readonly podIP?: string
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly message?: string
      readonly lastTransitionTime?: string
    }[]
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

/** Container of Istio's proxy: a sidecar, or all that there is of a gateway. */
export const proxy = 'istio-proxy'

/** Those that are not about to end. @param selector of labels: `istio=ingressgateway` */
export async function listPods(objects: KubeObjects, namespace: string, selector = ''): Promise<readonly Pod[]> {
  const pods = await objects.list<KubePod>('v1', 'Pod', namespace, selector && `labelSelector=${encodeURIComponent(selector)}`)
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(podOf)
}

function podOf({ metadata, spec, status }: KubePod): Pod {
  const { name, namespace, labels = {} } = metadata
  // Sidecars of Kubernetes are init containers that go on; `kubectl get pods` counts them.
  const lasting = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map((container) => container.name)
  const names = [...spec.containers.map((container) => container.name), ...lasting]
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].filter((one) => names.includes(one.name))
  const workload = workloadOf(metadata)
  const readiness = status?.conditions?.find(({ type }) => type === 'Ready')
  return {
    namespace,
    name,
    workload,
    app: labels['app'] ?? labels['app.kubernetes.io/name'] ?? workload,
    version: labels['version'] ?? '',
    labels,
    ip: status?.podIP ?? '',
    container: spec.containers.find((container) => container.name !== proxy)?.name ?? proxy,
    sidecar: names.includes(proxy) && names.length > 1,
    ready: readiness?.status === 'True',
    readySince: readiness?.lastTransitionTime ?? null,
    containers: names.length,
    readyContainers: statuses.filter(({ ready }) => ready).length,
    restarts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    trouble:
      troubleOf(statuses) ?? status?.conditions?.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False')?.message ?? null,
  }
}

function troubleOf(statuses: readonly ContainerStatus[]): string | null {
  const waiting = statuses
    .map(({ state }) => state?.waiting)
    .find((one) => one?.reason !== undefined && !/^(ContainerCreating|PodInitializing)$/.test(one.reason))
  return waiting ? `${waiting.reason}${waiting.message ? `: ${waiting.message}` : ''}` : null
}

/** A ReplicaSet is called as its Deployment, and a hash. */
function workloadOf({ name, labels, ownerReferences }: KubePod['metadata']): string {
  const owner = ownerReferences?.[0]
  if (!owner) return name
  const hash = labels?.['pod-template-hash']
  return owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`) ? owner.name.slice(0, -hash.length - 1) : owner.name
}

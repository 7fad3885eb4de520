import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../kube/objects.ts'
import type { Pod } from './pod.ts'

/** Services, and pods among which they choose. */
export interface Selected {
  readonly pods: readonly Pod[]
  readonly services: readonly KubeObject[]
}

/** Source: Kubernetes `discovery/v1` LabelServiceName. */
const serviceOfSlice = 'kubernetes.io/service-name'

interface EndpointSlice {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[]
  }
  readonly endpoints?: readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[] | null
}

/**
 * What the cluster's controllers have still to do until each Service leads to the pods that it selects, and to no others.
 * @param uidOf the Service that is there now, where that is known
 */
export async function problemOfEndpoints(
  { pods, services }: Selected,
  objects: Pick<KubeObjects, 'list'>,
  uidOf: (service: KubeObject) => string | null,
): Promise<string | null> {
  const slices = new Map<string, Promise<readonly EndpointSlice[]>>()
  for (const service of services) {
    const { metadata } = service
    const selector = Object.entries((service['spec'].selector ?? {}) as Readonly<Record<string, string>>)
    if (selector.length === 0) continue
    const namespace = metadata.namespace!
    const listed = slices.get(namespace) ?? objects.list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', namespace)
    slices.set(namespace, listed)
    const isOwn = (pod: Pod): boolean => pod.namespace === namespace && selector.every(([key, value]) => pod.labels[key] === value)
    const own = (await listed).filter((one) => one.metadata.labels?.[serviceOfSlice] === metadata.name)
    const uid = uidOf(service)
    if (uid !== null && own.some((slice) => isOfAnother(slice, uid))) return `endpoints of an earlier Service ${metadata.name} are still there`
    const wanted = pods.filter((pod) => pod.ready && isOwn(pod))
    const ready = new Set(own.flatMap(({ endpoints }) => endpoints ?? []).flatMap((one) => (one.conditions?.ready === false ? [] : one.addresses)))
    if (ready.size !== new Set(wanted.map(({ ip }) => ip)).size || wanted.some(({ ip }) => !ready.has(ip)))
      return `Service ${metadata.name} leads to ${ready.size} pods of ${wanted.length}`
  }
  return null
}

/** Of a Service that was made anew under the same name: the garbage collector takes its slices away later, and the mesh looks at the name alone until then. */
function isOfAnother({ metadata: { ownerReferences = [] } }: EndpointSlice, uid: string): boolean {
  const owners = ownerReferences.filter(({ kind }) => kind === 'Service')
  return owners.length > 0 && owners.every((owner) => owner.uid !== uid)
}

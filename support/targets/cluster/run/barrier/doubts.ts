import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import type { Pod } from '../../pods/pod.ts'
import type { NamespaceMap } from '../access/namespace-map.ts'

/** What is there when a statement fails. */
export interface Scenery {
  /** Who sent last; `null` for a client outside. */
  readonly sender: Pod | null
  readonly pods: readonly Pod[]
  /** What has come over them. */
  readonly mishaps: readonly string[]
  readonly services: readonly KubeObject[]
  /** Deployments of the run. */
  readonly deployments: readonly KubeObject[]
  readonly config: readonly KubeObject[]
  readonly namespaces: NamespaceMap
}

/** What is odd about a scenario's mesh, and may be why a statement about it does not hold. */
export function doubtsAbout(scenery: Scenery): readonly string[] {
  return [...scenery.mishaps, ...senderDoubts(scenery), ...endpointDoubts(scenery), ...ruleDoubts(scenery)].map((doubt) =>
    scenery.namespaces.back(doubt),
  )
}

function senderDoubts({ sender }: Scenery): readonly string[] {
  if (sender === null || sender.sidecar) return []
  return [`pod ${sender.name} has no sidecar: no rule of the mesh acts on what it sends`]
}

function endpointDoubts({ services, pods, deployments }: Scenery): readonly string[] {
  const without = deployments.flatMap(({ metadata, ...rest }) => {
    const own = pods.filter(({ namespace, workload }) => namespace === metadata.namespace && workload === metadata.name)
    if (own.some(({ ready }) => ready)) return []
    const wanted = (rest as KubeObject)['spec'].replicas as number
    if (wanted === 0) return [`Deployment ${metadata.name} is scaled to 0 replicas: no pod of it answers`]
    return [`no pod of Deployment ${metadata.name} is there to answer: ${own.length} of ${wanted} exist, none is ready`]
  })
  const empty = services.flatMap(({ metadata, ...rest }) => {
    const selector = Object.entries(((rest as KubeObject)['spec'].selector ?? {}) as Readonly<Record<string, string>>)
    const leads = pods.some((pod) => pod.ready && pod.namespace === metadata.namespace && selector.every(([key, value]) => pod.labels[key] === value))
    return selector.length === 0 || leads ? [] : [`Service ${metadata.name}.${metadata.namespace} leads to no pod that is ready`]
  })
  return [...without, ...empty]
}

/** A short host is of the rule's own namespace. Source: Istio, `VirtualService.hosts`. */
function ruleDoubts({ config, services }: Scenery): readonly string[] {
  const rules = config.filter(({ kind }) => kind === 'VirtualService' || kind === 'DestinationRule')
  return rules.flatMap(({ kind, metadata, ...rest }) => {
    const spec = (rest as KubeObject)['spec'] as { readonly hosts?: readonly string[]; readonly host?: string }
    const short = (spec.hosts ?? [spec.host ?? '']).filter((host) => host !== '' && !host.includes('.') && host !== '*')
    return short.flatMap((host) => {
      const same = services.filter((service) => service.metadata.name === host)
      if (same.length === 0 || same.some((service) => service.metadata.namespace === metadata.namespace)) return []
      const where = same.map((service) => service.metadata.namespace).join(', ')
      return [
        `${kind} ${metadata.namespace}/${metadata.name} is for ${host}.${metadata.namespace}, which is no service; ${host} is in ${where}: is it in the wrong namespace?`,
      ]
    })
  })
}

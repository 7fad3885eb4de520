import { MeshSpecError } from '../../../../mesh-core/config/errors.ts'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { formatServiceRef, hostOf } from '../../../sentences/service-ref.ts'
import { NotSupported } from '../../target.ts'
import type { ServiceRef } from '../../target.ts'
import type { NamespaceMap } from '../run/access/namespace-map.ts'
import type { Pod } from './pod.ts'

/** What a scenario has in the cluster. */
export interface Scene {
  readonly pods: readonly Pod[]
  readonly services: readonly KubeObject[]
  readonly namespaces: NamespaceMap
  /** Of ServiceEntries that the scenario has applied. */
  readonly hosts: readonly string[]
}

/**
 * The pods that a sentence means by a service: those that its selector takes, else those with its name as their `app` label or workload.
 * @param mayBeNone whether it is known though it has none
 * @throws MeshSpecError UNKNOWN_SERVICE; NotSupported for a host outside
 */
export function findPods(scene: Scene, service: ServiceRef, namespace: string, mayBeNone = false): readonly Pod[] {
  const real = scene.namespaces.real(service.namespace ?? namespace)
  const found = scene.pods.filter((pod) => pod.namespace === real && isOf(pod, service, scene))
  if (found.length === 0 && !mayBeNone) throw unknownService(scene, service, namespace)
  return found
}

/** The Deployments that a sentence means by a service, whether they have pods or none. */
export function findDeployments(deployments: readonly KubeObject[], scene: Scene, service: ServiceRef, namespace: string): readonly KubeObject[] {
  const real = scene.namespaces.real(service.namespace ?? namespace)
  return deployments.filter(({ metadata, ...rest }) => {
    const labels = (rest as KubeObject)['spec'].template.metadata.labels as Readonly<Record<string, string>>
    const pod = {
      namespace: metadata.namespace!,
      labels,
      workload: metadata.name,
      app: labels['app'] ?? metadata.name,
      version: labels['version'] ?? '',
    }
    return pod.namespace === real && isOf(pod, service, scene)
  })
}

/** Without a namespace, one of any namespace will do. Deployments without pods are known, too. @throws MeshSpecError UNKNOWN_SERVICE; NotSupported for a host outside */
export function assertKnown(scene: Scene, deployments: readonly KubeObject[], service: ServiceRef, namespace: string): void {
  if (findDeployments(deployments, scene, service, namespace).length > 0) return
  const isKnown = scene.pods.some(
    (pod) => (service.namespace === null || scene.namespaces.scenario(pod.namespace) === service.namespace) && isOf(pod, service, scene),
  )
  if (!isKnown) throw unknownService(scene, service, namespace)
}

function isOf(pod: Pick<Pod, 'namespace' | 'labels' | 'workload' | 'app' | 'version'>, { name, version }: ServiceRef, { services }: Scene): boolean {
  if (version !== null && pod.version !== version) return false
  const selector = services.find(({ metadata }) => metadata.name === name && metadata.namespace === pod.namespace)?.['spec'].selector as
    | Readonly<Record<string, string>>
    | undefined
  if (selector && Object.keys(selector).length > 0) return Object.entries(selector).every(([key, value]) => pod.labels[key] === value)
  return pod.app === name || pod.workload === name
}

function unknownService({ pods, namespaces, hosts }: Scene, service: ServiceRef, namespace: string): MeshSpecError | NotSupported {
  if (service.namespace?.includes('.') || hosts.includes(hostOf(service) ?? ''))
    return new NotSupported(
      'path',
      `${formatServiceRef(service)} is outside the mesh, where a live mesh has nobody who tells what came, or does as he is told`,
    )
  const known = pods.map(({ app, version, namespace: real }) => {
    const own = namespaces.scenario(real)
    return formatServiceRef({ name: app, namespace: own === namespace ? null : own, version: version || null })
  })
  const hint = known.length > 0 ? `there are ${[...new Set(known)].join(', ')}` : 'the scenario has deployed none: begin with "Given the services:"'
  const problem = `no pod of ${formatServiceRef(service)} in namespace ${service.namespace ?? namespace}`
  return new MeshSpecError({ code: 'UNKNOWN_SERVICE', origin: null, place: null, problem, hint })
}

import { MeshSpecError } from '../../../mesh-core/config/errors.ts'
import type { Resource } from '../../../mesh-core/config/resource.ts'
import type { Registry, WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { appOf } from '../../../mesh-core/registry/workloads.ts'
import { formatServiceRef, hostOf } from '../../sentences/service-ref.ts'
import type { ServiceRef } from '../target.ts'

/**
 * The pods that a sentence means by a service: those that its selector takes, else those with its name as their `app` label or workload.
 * @param namespace of a service that names none
 * @param canBeNone is it known without?
 * @throws MeshSpecError UNKNOWN_SERVICE
 */
export function findWorkloads(registry: Registry, service: ServiceRef, namespace: string, canBeNone = false): readonly WorkloadInstance[] {
  const own = [...registry.workloads, ...registry.outsiders].filter(({ ref }) => ref.namespace === (service.namespace ?? namespace))
  const named = own.filter((pod) => belongs(pod, service, registry))
  const meant = named.length > 0 ? named : behindHost(service, registry)
  const pods = meant.filter(({ version }) => service.version === null || version === service.version)
  if (pods.length === 0 && !canBeNone) throw unknownService(service, namespace, registry)
  return pods
}

/**
 * What makes the pods that a sentence means by a service, whether there are any now or none.
 * @param deployments with a pod template
 * @param namespace of a service that names none; `null`: any will do
 */
export function findDeployments(
  deployments: Iterable<Resource>,
  registry: Registry,
  service: ServiceRef,
  namespace: string | null,
): readonly Resource[] {
  const wanted = service.namespace ?? namespace
  return [...deployments].filter((deployment) => {
    const pod = podOf(deployment)
    const isMeant = belongs(pod, service, registry) && (service.version === null || pod.version === service.version)
    return isMeant && (wanted === null || deployment.namespace === wanted)
  })
}

/** As the pods of a Deployment are called. */
function podOf(deployment: Resource): PodLike & Pick<WorkloadInstance, 'version'> {
  const labels: Readonly<Record<string, string>> = deployment.object['spec']?.template?.metadata?.labels ?? {}
  return { ref: deployment, labels, ...appOf(labels, deployment.name) }
}

/** @param endpoint counted from 1 */
export function endpointOf(pods: readonly WorkloadInstance[], endpoint: number): WorkloadInstance {
  const pod = pods[endpoint - 1]
  if (pod !== undefined) return pod
  const problem = `there is no endpoint ${endpoint}`
  throw new MeshSpecError({ code: 'UNKNOWN_SERVICE', origin: null, place: null, problem, hint: `the service has ${pods.length}` })
}

function isHost(service: ServiceRef, registry: Registry): boolean {
  if (service.namespace === null) return false
  if (service.version !== null) return behindHost(service, registry).some(({ version }) => version === service.version)
  return service.namespace.includes('.') || registry.service(hostOf(service)!) !== undefined
}

/** Who stands behind a host of a ServiceEntry. */
function behindHost(ref: ServiceRef, registry: Registry): readonly WorkloadInstance[] {
  const service = registry.service(hostOf(ref) ?? '')
  const endpoints = service?.ports.flatMap(({ number }) => registry.endpoints(service, number)) ?? []
  return [...new Set(endpoints.map(({ address }) => registry.workloadAt(address)).filter((workload) => workload !== undefined))]
}

/**
 * Without a namespace, one of any namespace will do: the statement looks at all of them. A Deployment that is scaled to nothing is known, too. What can be no service of a namespace is a host outside, which nobody
 * needs to have told the mesh of.
 * @throws MeshSpecError UNKNOWN_SERVICE
 */
export function assertKnown(registry: Registry, deployments: readonly Resource[], service: ServiceRef, namespace: string): void {
  if (findDeployments(deployments, registry, service, null).length > 0) return
  const candidates = [...registry.workloads, ...registry.outsiders].filter(
    (pod) => service.namespace === null || pod.ref.namespace === service.namespace,
  )
  const isKnown = candidates.some((pod) => belongs(pod, service, registry) && (service.version === null || pod.version === service.version))
  if (!isKnown && !isHost(service, registry)) throw unknownService(service, namespace, registry, deployments)
}

/** What of a pod says whose it is. */
interface PodLike extends Pick<WorkloadInstance, 'labels' | 'app'> {
  readonly ref: Pick<WorkloadInstance['ref'], 'namespace' | 'name'>
}

function belongs(pod: PodLike, { name }: ServiceRef, registry: Registry): boolean {
  const selector = registry.services.find((service) => service.name === name && service.namespace === pod.ref.namespace)?.selector
  if (selector) return Object.entries(selector).every(([key, value]) => pod.labels[key] === value)
  return pod.app === name || pod.ref.name === name
}

/** A name without a namespace is one of the scenario's own; where a namespace was named, all are told with theirs. */
function unknownService(service: ServiceRef, namespace: string, { workloads }: Registry, deployments: readonly Resource[] = []): MeshSpecError {
  const bare = service.namespace === null ? namespace : null
  const empty = deployments.filter(({ name, namespace }) => !workloads.some(({ ref }) => ref.name === name && ref.namespace === namespace))
  const pods = [...workloads.filter(({ gateway }) => !gateway), ...empty.map(podOf)]
  const known = pods.map(({ app, version, ref }) =>
    formatServiceRef({ name: app, namespace: ref.namespace === bare ? null : ref.namespace, version: version || null }),
  )
  const hint = known.length > 0 ? `there are ${[...new Set(known)].join(', ')}` : 'the scenario has deployed none: begin with "Given the services:"'
  const problem = `no workload of ${formatServiceRef({ ...service, namespace: null })} in namespace ${service.namespace ?? namespace}`
  return new MeshSpecError({ code: 'UNKNOWN_SERVICE', origin: null, place: null, problem, hint })
}

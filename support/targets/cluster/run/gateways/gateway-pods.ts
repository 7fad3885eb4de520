import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { controllersByClass, gatewayController, isManaged } from '../../../../../mesh-core/registry/managed-gateways.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { listPods } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'

/** Pods that serve a Gateway of the Gateway API. */
export interface PodsOfGateway {
  readonly pods: readonly Pod[]
  /** Why they are not all that there will be: some are of a Gateway of the same name that has gone, or are about to be replaced. */
  readonly late: string | null
}

interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
}

interface Owned {
  readonly generation?: number
  readonly deletionTimestamp?: string
  readonly ownerReferences?: readonly { readonly uid: string }[]
}

/** By which the implementation knows what it has made for a Gateway. Source: Gateway API, GEP-1762. */
const gatewayName = 'gateway.networking.k8s.io/gateway-name'

/**
 * A Gateway may be served by what was made for one of the same name before: it answers by the new config until the garbage collector takes it away, and nobody
 * answers until its successor is there.
 * @param gateway with its status. One that somebody has deployed by hand has no Deployment of its own, and nothing is said of its pods.
 */
export async function podsOfGateway(objects: KubeObjects, gateway: KubeObject): Promise<PodsOfGateway> {
  const { name, namespace = '', uid } = gateway.metadata as KubeObject['metadata'] & { readonly uid?: string }
  const selector = `${gatewayName}=${name}`
  const labelled = (apiVersion: string, kind: string): Promise<readonly KubeObject[] | null> =>
    objects.list<KubeObject>(apiVersion, kind, namespace, `labelSelector=${encodeURIComponent(selector)}`).catch(nullIfDenied)
  const [deployments, services, pods] = await Promise.all([
    labelled('apps/v1', 'Deployment'),
    labelled('v1', 'Service'),
    listPods(objects, namespace, selector).catch(nullIfDenied),
  ])
  const foreign = (kind: string, { metadata: made }: KubeObject): string | null =>
    isOf(made as Owned, uid) ? null : `${kind} ${namespace}/${made.name} is of a Gateway that has gone`
  const late = [
    ...(deployments ?? []).map((one) => foreign('Deployment', one) ?? latenessOf(one, pods?.length ?? 0)),
    ...(services ?? []).map((one) => foreign('Service', one) ?? withoutAddress(one)),
    missingOf(gateway, deployments, services),
  ].find((one) => one !== null)
  return { pods: (pods ?? []).filter(({ ready }) => ready), late: late ?? null }
}

/**
 * The control plane makes a Deployment and a Service for a Gateway of its own class. While it makes them anew, none of the same name is there: nobody can be asked
 * then, and those who come later have no config yet.
 * @param deployments `null` where nobody may look at them
 */
function missingOf({ metadata, spec }: KubeObject, deployments: readonly KubeObject[] | null, services: readonly KubeObject[] | null): string | null {
  const isMade = isManaged(spec) && controllersByClass([]).get(String(spec.gatewayClassName)) === gatewayController
  if (!isMade && deployments?.length === 0 && services?.length === 0) return null
  const missing = deployments?.length === 0 ? 'Deployment' : services?.length === 0 ? 'Service' : null
  return missing && `Gateway ${metadata.namespace}/${metadata.name} has no ${missing} yet`
}

/** @param uid of the Gateway */
function isOf({ deletionTimestamp, ownerReferences = [] }: Owned, uid: string | undefined): boolean {
  return deletionTimestamp === undefined && ownerReferences.some((owner) => owner.uid === uid)
}

/** @param pods how many are there and not about to end */
function latenessOf({ metadata, spec, ...rest }: KubeObject, pods: number): string | null {
  const { generation } = metadata as Owned
  const { observedGeneration, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = (rest['status'] ?? {}) as DeploymentStatus
  const shown = `Deployment ${metadata.namespace}/${metadata.name}`
  const wanted = (spec.replicas as number | undefined) ?? 1
  const isWhole = observedGeneration === generation && [replicas, updatedReplicas, readyReplicas].every((count) => count === wanted)
  if (!isWhole) return `${shown} has ${updatedReplicas} pods of ${wanted}, of which ${readyReplicas} are ready`
  return pods === wanted ? null : `pods of an earlier ${shown} are still there`
}

/** A Gateway is not programmed before its load balancer has an address: what says that it is has looked at a Service that has gone. */
function withoutAddress({ metadata, spec, ...rest }: KubeObject): string | null {
  const { loadBalancer } = (rest['status'] ?? {}) as { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } }
  const hasAddress = spec?.type !== 'LoadBalancer' || (loadBalancer?.ingress ?? []).length > 0
  return hasAddress ? null : `Service ${metadata.namespace}/${metadata.name} has no address yet`
}

/** Of what nobody may look at nothing is known. */
function nullIfDenied(error: unknown): null {
  if ((error as { readonly code?: unknown }).code === 'CLUSTER_DENIED') return null
  throw error
}

import type { Settings } from '../../../../settings.ts'
import { ApiFailure } from '../../kube/api-failure.ts'
import { KubeApi } from '../../kube/kube-api.ts'
import { loadKubeConfig } from '../../kube/kube-config.ts'
import { KubeObjects } from '../../kube/objects.ts'
import { namedSources, proxiedServices } from '../../observe/find-sources.ts'
import type { SourceSettings } from '../../observe/find-sources.ts'
import type { Sources } from '../../observe/watch.ts'
import { meshConfigMapName } from './mesh-config-map.ts'
import { readMeshInfo } from './mesh-info.ts'
import type { MeshInfo } from './mesh-info.ts'
import { assertNamedAreThere } from './named-namespaces.ts'
import { Permissions } from './permissions.ts'
import type { Permission } from './permissions.ts'
import { rightsOf } from './rights.ts'
import type { Purpose } from './rights.ts'

export type RunSettings = Pick<
  Settings,
  'gateway' | 'settleMs' | 'kubeconfig' | 'context' | 'namespaces' | 'deploy' | 'podImage' | 'revision' | 'allowProduction' | 'rate' | 'insecure'
> &
  Partial<Pick<Settings, 'spec' | 'meshConfig'>> &
  SourceSettings

/** Where Leases of runs are: every user of a cluster knows it. */
export const leaseNamespace = 'default'

/** A cluster as a run finds it, before it changes anything. */
export interface ClusterAccess {
  readonly objects: KubeObjects
  readonly mesh: MeshInfo
  readonly permissions: Permissions
  /** Sources of evidence that the user has named. */
  readonly named: Omit<Sources, 'logs'>
  /** Scenarios have an ingress gateway of the run's own, in namespaces of its own: nobody else's config or traffic meets theirs. */
  readonly bringsIngress: boolean
  /** Scenarios may change the mesh config. */
  readonly changesMesh: boolean
}

/**
 * @param missing permissions, where another process of the run has asked for them
 * @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED, INVALID_SETTING, TELEMETRY_FAILED
 */
export async function reachCluster(settings: RunSettings, missing: readonly Permission[] | null = null): Promise<ClusterAccess> {
  const objects = new KubeObjects(new KubeApi(await loadKubeConfig(settings)))
  await assertThere(objects.api)
  await assertNamedAreThere(objects, settings.namespaces)
  const named = await namedSources(settings)
  const mesh = await readMeshInfo(objects, settings.revision)
  const mayBring = mayBringIngress(settings)
  const wanted = {
    ...settings,
    namesNamespaces: settings.namespaces.length > 0,
    ownGateway: mayBring,
    telemetry: await proxiedServices(objects, mesh.namespace, settings),
    meshConfigMap: settings.meshConfig ? meshConfigMapName(mesh) : null,
  }
  const places = { named: settings.namespaces, controlPlane: mesh.namespace, lease: leaseNamespace }
  const permissions = await Permissions.ask(objects.api, rightsOf(wanted), places, missing)
  const lacks = (purpose: Purpose): boolean => permissions.missingFor(purpose).length > 0
  const bringsIngress = mayBring && !lacks('workloads') && !lacks('config') && !lacks('own-gateway')
  return { objects, mesh, permissions, named, bringsIngress, changesMesh: (settings.meshConfig ?? false) && !lacks('mesh-config') }
}

export function mayBringIngress({ deploy, gateway, namespaces }: Pick<RunSettings, 'deploy' | 'gateway' | 'namespaces'>): boolean {
  return deploy && gateway === null && namespaces.length === 0
}

/** What a run lacks is told once, before anything is done. */
export function tellMissing({ permissions }: ClusterAccess, warn: (text: string) => void): void {
  if (permissions.toGrant === '') return
  warn(`The user may not do all that a run does. To be granted, as rules of a Role or ClusterRole:\n${permissions.toGrant}\n`)
  if (permissions.missingFor('own-gateway').length > 0)
    warn('Without those of secrets, roles and rolebindings scenarios use the ingress gateway of the cluster, and not one of the run.\n')
}

/** @throws MeshSpecError CLUSTER_UNREACHABLE, CLUSTER_DENIED */
async function assertThere(api: KubeApi): Promise<void> {
  try {
    await api.send({ method: 'GET', path: '/api/v1' })
  } catch (error) {
    throw error instanceof ApiFailure ? error.toError('be asked what it serves') : error
  }
}

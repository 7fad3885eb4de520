import type { ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { wholeOf } from '../../lanes/lane.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { leaseNamespace } from '../access/cluster-access.ts'
import { forgetKept, keptIn } from '../restore/kept.ts'
import { LeaseObject } from './lease-object.ts'
import { RunLease } from './lease.ts'
import { MeshConfigMap, meshConfigMapName } from '../access/mesh-config-map.ts'
import type { MeshInfo } from '../access/mesh-info.ts'
import { putBack } from '../restore/put-back.ts'

export interface TakingLease {
  readonly objects: KubeObjects
  readonly mesh: MeshInfo
  readonly run: string
  readonly warn: (text: string) => void
  /** Is told when somebody else has it. */
  readonly onLost?: (why: string) => void
}

/**
 * The cluster is the run's alone, and as it was before runs that were killed.
 * @throws MeshSpecError CLUSTER_BUSY; CLUSTER_REFUSED where what such a run has changed cannot be put back
 */
export async function takeLease({ objects, mesh, run, warn, onLost }: TakingLease): Promise<RunLease> {
  const lease = new RunLease(objects.api, leaseNamespace, run, undefined, onLost)
  await lease.acquire((line) => warn(`${line}\n`))
  try {
    const restored = await putBackLeft(objects, run, warn)
    const isMeshConfig = ({ kind, namespace, name }: ResourceRef): boolean =>
      kind === 'ConfigMap' && namespace === mesh.namespace && name === meshConfigMapName(mesh)
    if (restored.some(isMeshConfig)) await new MeshConfigMap({ objects, mesh, run, assertHope: async () => {} }).left()
    return lease
  } catch (error) {
    await lease.release().catch(() => {})
    throw error
  }
}

/** Else a run would take for the cluster's own what another one has put there. */
async function putBackLeft(objects: KubeObjects, own: string, warn: (text: string) => void): Promise<readonly ResourceRef[]> {
  const lease = new LeaseObject(objects.api, leaseNamespace)
  const restored: ResourceRef[] = []
  for (const { run, touched } of keptIn(await lease.read())) {
    if (wholeOf(run) === own) continue
    warn(`run ${run} has ended without putting back what it had changed:\n`)
    const results: boolean[] = []
    for (const one of touched) results.push(await putBack(one, { objects, run, dryRun: false, say: (line) => warn(`${line}\n`) }))
    if (results.includes(false)) throw refused(run)
    await forgetKept(lease, run)
    restored.push(...touched.map(({ ref }) => ref))
  }
  return restored
}

function refused(run: string): Error {
  return clusterError(
    'CLUSTER_REFUSED',
    `what run ${run} has changed in the cluster is not all put back`,
    `npx meshspec clean does it, with the rights to; what it changed is in the Lease ${leaseNamespace}/meshspec, which may be deleted once all is as it was`,
  )
}

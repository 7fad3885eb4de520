import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import type { Ledger } from '../restore/ledger.ts'
import { refOfObject } from '../restore/restore.ts'

export function namespaceObject(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

/** @throws MeshSpecError CLUSTER_REFUSED for one that is there already: whoever made it, what is in it is not the run's to change, and would go with it */
export async function makeNamespace(
  objects: Pick<KubeObjects, 'read' | 'apply'>,
  ledger: Pick<Ledger, 'touch'>,
  namespace: KubeObject,
): Promise<void> {
  const ref = refOfObject(namespace)
  if ((await objects.read(ref)) !== null)
    throw clusterError(
      'CLUSTER_REFUSED',
      `the namespace ${ref.name} is there already, and not of this run`,
      `name it with --namespaces if the run may use it`,
    )
  ledger.touch({ ref, before: null })
  await objects.apply(namespace)
}

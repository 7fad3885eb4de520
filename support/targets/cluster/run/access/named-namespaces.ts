import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'

/**
 * Those that stand for the scenarios' are there; where the user may not ask that, the first change tells.
 * @throws MeshSpecError INVALID_SETTING
 */
export async function assertNamedAreThere(objects: Pick<KubeObjects, 'read'>, names: readonly string[]): Promise<void> {
  const found = await Promise.all(names.map((name) => objects.read({ group: '', kind: 'Namespace', namespace: '', name }).catch(() => undefined)))
  const missing = names.filter((_, i) => found[i] === null)
  if (missing.length > 0)
    throw clusterError(
      'INVALID_SETTING',
      `--namespaces names ${missing.join(', ')}, which the cluster does not have`,
      'name namespaces that are there, or none, for the run to make its own',
    )
}

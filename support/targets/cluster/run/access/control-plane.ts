import { setTimeout as sleep } from 'node:timers/promises'
import { clusterError } from '../../kube/cluster-error.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { listControlPlanes } from './mesh-info.ts'
import type { MeshInfo } from './mesh-info.ts'

/** ms between two looks. */
const pauseMs = 3000
/** ms that a restart may take. */
const restartMs = 60_000

/**
 * Without a control plane nothing is taken up, and each scenario would wait for as long as it may. Where none was found, as of one outside of the cluster, nobody
 * is missed.
 */
export class ControlPlane {
  readonly #objects: Pick<KubeObjects, 'list'>
  readonly #mesh: Pick<MeshInfo, 'namespace' | 'deployment'>
  readonly #pauseMs: number
  #lookedAt = -Infinity
  #goneSince: number | null = null
  #looking: Promise<void> | null = null

  /** @param pause ms between two looks */
  constructor(objects: Pick<KubeObjects, 'list'>, mesh: Pick<MeshInfo, 'namespace' | 'deployment'>, pause = pauseMs) {
    this.#objects = objects
    this.#mesh = mesh
    this.#pauseMs = pause
  }

  /**
   * Looks now and then. Where it is gone, it is given time to come back once, and what follows does not wait for it.
   * @param patienceMs since it was first missed
   * @throws MeshSpecError CLUSTER_FAILED when no pod of it is ready then
   */
  async assertThere(patienceMs = restartMs): Promise<void> {
    if (this.#looking === null && performance.now() - this.#lookedAt < this.#pauseMs) return
    this.#looking ??= this.#look(patienceMs).finally(() => {
      this.#looking = null
    })
    await this.#looking
  }

  /** While something is waited for: whoever is missed twice is not there. @throws as `assertThere` */
  async assertHope(): Promise<void> {
    await this.assertThere(this.#pauseMs)
  }

  async #look(patienceMs: number): Promise<void> {
    while (!(await this.#isThere())) {
      this.#goneSince ??= performance.now()
      // A timer may end within the millisecond before its own.
      if (Math.ceil(performance.now() - this.#goneSince) >= patienceMs) throw this.#gone()
      await sleep(this.#pauseMs)
    }
    this.#goneSince = null
    this.#lookedAt = performance.now()
  }

  /** Where somebody has taken the right to look away meanwhile, it is not known to be gone. */
  async #isThere(): Promise<boolean> {
    const { namespace, deployment } = this.#mesh
    if (deployment === null) return true
    const found = await listControlPlanes(this.#objects).catch((error: unknown) => {
      if ((error as { readonly code?: unknown }).code === 'CLUSTER_DENIED') return null
      throw error
    })
    return (
      found === null ||
      found.some(({ metadata, status }) => metadata.namespace === namespace && metadata.name === deployment && (status?.readyReplicas ?? 0) > 0)
    )
  }

  #gone(): Error {
    const { namespace, deployment } = this.#mesh
    return clusterError(
      'CLUSTER_FAILED',
      `the control plane is gone: no pod of Deployment ${namespace}/${deployment} is ready, so that the mesh takes nothing up`,
      `run it again when there is one: kubectl get pods -n ${namespace}`,
    )
  }
}

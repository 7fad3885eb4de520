import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { managedName } from '../../../../mesh-core/registry/managed-gateways.ts'
import type { ServiceRef } from '../../target.ts'
import type { ClusterRun } from '../run/cluster-run.ts'
import { isManagedGateway } from '../run/gateways/managed-gateways.ts'
import { assertKnown, findDeployments, findPods } from './find-pods.ts'
import type { Scene } from './find-pods.ts'
import { probesItself, workloadKey, workloadLabel } from './pod-manifests.ts'
import { listPods, podKey } from './pod.ts'
import type { Pod } from './pod.ts'

/** The pods of one scenario: of its Deployments, and all of namespaces that the user has named. */
export class ScenarioPods {
  /** Where services without a namespace are looked for, in the scenario's words. */
  namespace = 'default'
  readonly #run: ClusterRun
  readonly #used: ReadonlySet<string>
  /** `podKey` of those that the scenario has made not ready. */
  readonly #notReady = new Set<string>()
  #all: readonly Pod[] = []
  #mishaps: readonly string[] = []
  #lapses: readonly string[] = []

  readonly #applied: () => readonly KubeObject[]
  readonly #hear: (pods: readonly Pod[]) => Promise<void>

  /**
   * @param used namespaces of the cluster that the scenario uses
   * @param applied config of the scenario
   * @param hear is told them each time that they were waited for
   */
  constructor(run: ClusterRun, used: ReadonlySet<string>, applied: () => readonly KubeObject[], hear: (pods: readonly Pod[]) => Promise<void>) {
    this.#run = run
    this.#used = used
    this.#applied = applied
    this.#hear = hear
  }

  /** That the scenario has put into namespaces of the user's. */
  get #services(): readonly KubeObject[] {
    return this.#applied().filter(({ kind }) => kind === 'Service')
  }

  get #hosts(): readonly string[] {
    return this.#applied().flatMap(({ kind, ...rest }) => (kind === 'ServiceEntry' ? (rest['spec'] as { hosts: readonly string[] }).hosts : []))
  }

  /** As they were last looked at. */
  get all(): readonly Pod[] {
    return this.#all
  }

  /** @param mayBeNone whether it is known though it has none. @throws MeshSpecError UNKNOWN_SERVICE */
  of(service: ServiceRef, mayBeNone = false): readonly Pod[] {
    return findPods(this.#scene, service, this.namespace, mayBeNone)
  }

  /** Those of this run. */
  deploymentsOf(service: ServiceRef): readonly KubeObject[] {
    return findDeployments(this.#run.deployments.all, this.#scene, service, this.namespace)
  }

  /** @throws MeshSpecError UNKNOWN_SERVICE */
  assertKnown(service: ServiceRef): void {
    if (!this.#isOfGateway(service)) assertKnown(this.#scene, this.#run.deployments.all, service, this.namespace)
  }

  /** Are pods of this name made of a Gateway of the scenario's? */
  #isOfGateway({ name, namespace, version }: ServiceRef): boolean {
    const { namespaces } = this.#run
    const isNamed = (gateway: KubeObject): boolean =>
      managedName(gateway) === name && [null, namespaces.scenario(gateway.metadata.namespace!)].includes(namespace)
    return version === null && this.#applied().some((object) => isManagedGateway(object) && isNamed(object))
  }

  /** What has come over them since they were last waited for, as `noticeMishaps` has seen it. */
  get mishaps(): readonly string[] {
    return this.#mishaps
  }

  /** That some of them were not ready for a while, of which the scenario says nothing: proxies had nobody to send to. As `noticeMishaps` has seen it. */
  get lapses(): readonly string[] {
    return this.#lapses
  }

  /**
   * Looks whether they are still those that were waited for: it may be why they do not answer.
   * @param patienceMs in which the kubelet may tell
   */
  async noticeMishaps(patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const now = await this.list()
      this.#mishaps = mishapsOf(this.#all, now)
      this.#lapses = lapsesOf(this.#all, now, (pod) => this.#probesItself(pod))
      if (this.#mishaps.length > 0 || performance.now() > deadline) return
      await sleep(300)
    }
  }

  /** Other ones have been asked for. */
  forget(): void {
    this.#mishaps = []
    this.#lapses = []
    this.#all = []
  }

  /** From now on they are expected to be ready, or not to be. */
  expect(pods: readonly Pod[], ready: boolean): void {
    for (const pod of pods) this.#notReady[ready ? 'delete' : 'add'](podKey(pod))
  }

  /** Resolves when they are there. @returns whether anything was taken away that is not the scenario's. @throws NotYetProgrammed */
  async ready(): Promise<boolean> {
    if (this.#all.length > 0) return false
    const hadForeign = await this.#run.deployments.dropForeign()
    await this.settled()
    return hadForeign
  }

  /** Resolves when they are as they were last asked for. @throws NotYetProgrammed */
  async settled(): Promise<void> {
    await this.#run.deployments.settled([...this.#used], this.#notReady, async () => ({
      services: this.#services,
      pods: this.#services.length > 0 ? await this.#named() : [],
    }))
    this.#all = await this.list()
    await this.#hear(this.#all)
  }

  /** As they are now. In a namespace that the user has named, its own are the scenario's, too. */
  async list(): Promise<readonly Pod[]> {
    const own = await this.#run.deployments.pods([...this.#used])
    return [...own, ...(await this.#named()).filter((pod) => !own.some(({ name, namespace }) => name === pod.name && namespace === pod.namespace))]
  }

  /** What such a pod answers says whether it is ready, and scenarios say what it answers. */
  #probesItself({ namespace, labels }: Pod): boolean {
    const own = this.#run.deployments.all.find((one) => one.metadata.namespace === namespace && workloadKey(one) === labels[workloadLabel])
    return own === undefined || probesItself(own)
  }

  async #named(): Promise<readonly Pod[]> {
    const named = [...this.#used].filter((namespace) => this.#run.namespaces.isNamed(namespace) && namespace !== this.#run.mesh.namespace)
    return (await Promise.all(named.map((namespace) => listPods(this.#run.objects, namespace)))).flat()
  }

  get #scene(): Scene {
    return { pods: this.#all, services: [...this.#run.deployments.services, ...this.#services], namespaces: this.#run.namespaces, hosts: this.#hosts }
  }
}

/** @param before as they were when they were ready. @param isMeant may the scenario have made the pod do so? */
export function lapsesOf(before: readonly Pod[], now: readonly Pod[], isMeant: (pod: Pod) => boolean): readonly string[] {
  return before.flatMap((pod) => {
    const found = now.find((one) => podKey(one) === podKey(pod))
    const hasLapsed = pod.ready && found !== undefined && found.readySince !== pod.readySince && !isMeant(pod)
    return hasLapsed ? [`pod ${pod.name} was not ready for a while`] : []
  })
}

/** @param before as they were when they were ready. @returns what has come over them since */
export function mishapsOf(before: readonly Pod[], now: readonly Pod[]): readonly string[] {
  return before.flatMap((pod) => {
    const found = now.find((one) => podKey(one) === podKey(pod))
    if (!found) return [`pod ${pod.name} is there no more, and the run has not taken it away`]
    const times = found.restarts - pod.restarts
    if (times > 0)
      return [`a container of pod ${pod.name} has ended and was started again${times === 1 ? '' : ` (${times} times)`} since the scenario began`]
    if (found.readyContainers >= pod.readyContainers) return []
    return [
      `pod ${pod.name} has ${found.readyContainers} of ${found.containers} containers ready; when the scenario began it had ${pod.readyContainers}`,
    ]
  })
}

import { NotSupported } from '../../target.ts'
import type { ServiceBehaviour } from '../../../../samples/echo/behaviour.ts'
import type { StatedCertificate } from '../../../../samples/pod/control.ts'
import type { PodAgent } from '../pods/agent.ts'
import { listPods, podKey, proxy } from '../pods/pod.ts'
import type { Pod } from '../pods/pod.ts'
import type { ClusterRun } from './cluster-run.ts'

/** A pod that tells what it has received. */
export interface TellingPod {
  readonly pod: Pod
  readonly agent: PodAgent
}

/** Pods of a scenario whose programs are ours: they tell what they have received, and are told how to behave. */
export class TellingPods {
  readonly #run: Pick<ClusterRun, 'agents' | 'isDenied' | 'objects'>
  readonly #controlled = new Map<string, Promise<boolean>>()

  constructor(run: Pick<ClusterRun, 'agents' | 'isDenied' | 'objects'>) {
    this.#run = run
  }

  /** By `namespace/pod`: where each is in what it receives. */
  async sequences(pods: readonly Pod[]): Promise<ReadonlyMap<string, number>> {
    const told = await this.of(pods)
    return new Map(await Promise.all(told.map(async ({ pod, agent }) => [podKey(pod), await agent.sequence()] as const)))
  }

  /** @param counter IP of the pod that counts for all */
  async behave(pods: readonly Pod[], behaviour: ServiceBehaviour, counter: string | undefined): Promise<void> {
    for (const pod of pods) {
      const isCounted = pod.ip !== counter && behaviour.first !== undefined && behaviour.first !== Infinity
      await (await this.#controlledAgent(pod)).behave(isCounted && counter !== undefined ? { ...behaviour, counter } : behaviour)
    }
  }

  async certify(pods: readonly Pod[], certificate: StatedCertificate): Promise<void> {
    for (const pod of pods) await (await this.#controlledAgent(pod)).certify(certificate)
  }

  /** PEM: of the certificates that pods of ours show to whom begins TLS. */
  async authorities(pods: readonly Pod[]): Promise<readonly string[]> {
    return Promise.all((await this.of(pods)).map(({ agent }) => agent.authority()))
  }

  async setReady(pods: readonly Pod[], ready: boolean): Promise<void> {
    for (const pod of pods) await (await this.#controlledAgent(pod)).setReady(ready)
  }

  /** Pods of an earlier scenario forget what that has told them. */
  async reset(pods: readonly Pod[]): Promise<void> {
    await Promise.all((await this.of(pods)).map(({ agent }) => agent.reset()))
  }

  async #controlledAgent(pod: Pod): Promise<PodAgent> {
    const agent = await this.#run.agents.of(pod)
    if (await this.#isControlled(agent)) return agent
    throw new NotSupported('behaviour', `pod ${pod.name} is none of this run's, and cannot be told how to behave`)
  }

  /** Those of them that tell, which gateways do not. */
  async of(pods: readonly Pod[]): Promise<readonly TellingPod[]> {
    if (this.#run.isDenied('in-mesh-calls')) return []
    const isGateway = ({ container, sidecar }: Pod): boolean => container === proxy && !sidecar
    return (await Promise.all(pods.filter((pod) => !isGateway(pod)).map((pod) => this.#toldBy(pod)))).flat()
  }

  /** @returns nothing of a pod that tells nothing, or is about to end. @throws MeshSpecError CLUSTER_FAILED where one that stays cannot be asked */
  async #toldBy(pod: Pod): Promise<readonly TellingPod[]> {
    try {
      const agent = await this.#run.agents.of(pod)
      return (await this.#isControlled(agent)) ? [{ pod, agent }] : []
    } catch (error) {
      if (error instanceof NotSupported || (error as { readonly code?: unknown }).code === 'CLUSTER_DENIED') return []
      const there = await listPods(this.#run.objects, pod.namespace)
      if (there.some((one) => podKey(one) === podKey(pod))) throw error
      return []
    }
  }

  #isControlled(agent: PodAgent): Promise<boolean> {
    const key = `${agent.pod.namespace}/${agent.pod.name}`
    const known = this.#controlled.get(key)
    if (known) return known
    const asked = agent.isControlled()
    this.#controlled.set(key, asked)
    // What failed is asked again.
    asked.catch(() => this.#controlled.delete(key))
    return asked
  }
}

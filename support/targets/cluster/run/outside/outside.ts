import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import type { KubeObjects } from '../../kube/objects.ts'
import { reachOfCall } from '../../lanes/reach.ts'
import type { PodAgent } from '../../pods/agent.ts'
import type { PodAgents } from '../../pods/agents.ts'
import { labelled } from '../../pods/deployments.ts'
import { gatewayParameters, outsideDeployment, outsideLabel, outsideMap } from '../../pods/outside-manifests.ts'
import { runnable } from '../../pods/pod-manifests.ts'
import { listPods } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import type { Ledger } from '../restore/ledger.ts'
import { refOfObject } from '../restore/restore.ts'

export interface OutsideOptions {
  readonly objects: KubeObjects
  readonly ledger: Ledger
  readonly run: string
  readonly image: string
  readonly agents: PodAgents
  /** Makes a namespace of the run's own be there. @returns its name in the cluster */
  readonly namespace: (name: string) => Promise<string>
  readonly warn: (text: string) => void
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope: () => Promise<void>
}

/** ms. Its image has to be pulled. */
const patienceMs = 180_000

/** What a kubelet says of a container that will not get better by itself: its port may not be the image's to open. */
const hopeless = /^(?:CrashLoopBackOff|CreateContainer\w*Error)/

/**
 * What is outside of the cluster, as the run's pods see it: a pod of the run that has no Service, so that the mesh does not know it, and that answers for every
 * name that scenarios are about. Its DNS is that of the run's pods, and its certificates are trusted by their proxies as those of known authorities are.
 */
export class Outside {
  readonly #options: OutsideOptions
  /** `null`: it did not get ready. */
  #made: Promise<Made | null> | null = null
  readonly #told = new Map<string, Promise<boolean>>()
  #names: readonly string[] = []
  /** Of the scenario before. */
  #former: readonly string[] = []
  #documents: Readonly<Record<string, string>> = {}

  constructor(options: OutsideOptions) {
    this.#options = options
  }

  /**
   * Lets pods that come into the namespace see it.
   * @returns `false` where it does not come about, and pods see what the cluster's see
   * @throws MeshSpecError
   */
  async for(namespace: string): Promise<boolean> {
    const known = this.#told.get(namespace)
    if (known) return known
    const telling = this.#tell(namespace)
    this.#told.set(namespace, telling)
    // What failed once need not fail the scenarios that follow.
    telling.catch(() => this.#told.delete(namespace))
    return telling
  }

  /** `null` as long as no pod could reach it. */
  async pod(): Promise<Pod | null> {
    return (await this.#made)?.pod ?? null
  }

  /** PEM: of the certificates that it shows. */
  async authorities(): Promise<readonly string[]> {
    const made = await this.#made
    return made ? [await made.agent.authority()] : []
  }

  /** These names lead to it from now on, besides those of before. */
  async know(names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !this.#names.includes(name))
    if (added.length === 0) return
    this.#names = [...this.#names, ...added]
    await (await this.#made)?.agent.know(this.#allNames)
  }

  /**
   * Proxies may have rules of the scenario before for a while yet, and one that is told meanwhile that a name is nobody's does not look it up again for a minute: it
   * would fail a scenario that follows and has the same rule. Source: Istio, `dnsRefreshRate`.
   */
  get #allNames(): readonly string[] {
    return [...new Set([...this.#former, ...this.#names])]
  }

  /** It has the JSON at that path from now on. @returns where: `http://10.244.0.7`; `null` where it does not come about */
  async serve(path: string, text: string): Promise<string | null> {
    const made = await this.#making()
    if (made === null) return null
    if (this.#documents[path] !== text) {
      this.#documents = { ...this.#documents, [path]: text }
      await made.agent.serve(this.#documents)
    }
    const { ip } = made.pod
    return `http://${ip.includes(':') ? `[${ip}]` : ip}`
  }

  /** Paths of such JSON that somebody has got. */
  async served(): Promise<readonly string[]> {
    return (await (await this.#made)?.agent.served()) ?? []
  }

  /** Is the scenario about names of it? */
  get isAskedFor(): boolean {
    return this.#names.length > 0
  }

  /** With the scenario what it has told of its names ends, and with the next one its names. */
  async reset(): Promise<void> {
    const had = this.#allNames.length
    this.#former = this.#names
    this.#names = []
    this.#documents = {}
    const made = await this.#made
    await made?.agent.reset()
    if (this.#former.length < had) await made?.agent.know(this.#former)
  }

  async #tell(namespace: string): Promise<boolean> {
    const made = await this.#making()
    if (made === null) return false
    const { agent, pod } = made
    await this.#apply(outsideMap(namespace, { address: pod.ip, resolver: await agent.resolver(), authority: await agent.authority() }))
    await this.#apply(gatewayParameters(namespace))
    return true
  }

  #making(): Promise<Made | null> {
    if (this.#made) return this.#made
    const making = this.#make()
    this.#made = making
    making.catch(() => (this.#made = null))
    return making
  }

  async #make(): Promise<Made | null> {
    const { agents, image, run } = this.#options
    const namespace = await this.#options.namespace('meshspec-outside')
    await this.#apply(runnable(outsideDeployment(namespace), { run, image, injected: false }))
    const pod = await this.#ready(namespace)
    if (pod === null) return null
    const agent = await agents.of(pod)
    await agent.know(this.#allNames)
    return { pod, agent }
  }

  async #apply(object: KubeObject): Promise<void> {
    const { objects, ledger, run } = this.#options
    ledger.touch({ ref: refOfObject(object), before: null })
    await objects.apply(labelled(object, run))
  }

  async #ready(namespace: string): Promise<Pod | null> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const [pod] = await listPods(this.#options.objects, namespace, outsideLabel)
      if (pod?.ready) return pod
      if (performance.now() > deadline || hopeless.test(pod?.trouble ?? '')) {
        const reason = pod?.trouble ?? `it is not ready after ${patienceMs / 1000} s`
        this.#options.warn(
          `no pod stands for what is outside of the cluster, so that names outside lead nowhere or where the cluster says: ${reason}\n`,
        )
        return null
      }
      await this.#options.assertHope()
      await sleep(100)
    }
  }
}

interface Made {
  readonly pod: Pod
  readonly agent: PodAgent
}

/** Is it a name that the cluster's own DNS has no say in? @param isOwn of namespaces of the cluster: a name may end in one */
export function isNameOutside(host: string, isOwn: (namespace: string) => boolean): boolean {
  const isName = /[a-z]/i.test(host) && host.includes('.') && !/\.(?:local|svc)$/i.test(host)
  return isName && reachOfCall(host, isOwn) === 'outside'
}

/** Names that objects of a scenario are about: whoever has them, a proxy may look them up. */
export function namesIn(resources: readonly Resource[]): readonly string[] {
  return resources.flatMap(({ kind, object }) => {
    const spec = (object['spec'] ?? {}) as Naming
    if (kind === 'Service') return spec.externalName ?? []
    if (kind !== 'ServiceEntry' && kind !== 'WorkloadEntry') return []
    return [...(spec.hosts ?? []), ...(spec.endpoints ?? []).flatMap(({ address }) => address ?? []), ...(spec.address ? [spec.address] : [])]
  })
}

interface Naming {
  readonly externalName?: string
  readonly hosts?: readonly string[]
  readonly address?: string
  readonly endpoints?: readonly { readonly address?: string }[]
}

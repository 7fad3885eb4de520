import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import { resourceKey } from '../../../../mesh-core/config/resource.ts'
import { hasPodTemplate } from '../../../../mesh-core/config/workload-kinds.ts'
import { NotSupported, NotYetProgrammed } from '../../target.ts'
import { named } from '../kube/objects.ts'
import type { KubeObjects } from '../kube/objects.ts'
import type { Ledger } from '../run/restore/ledger.ts'
import { canonical, refOfObject, runLabel } from '../run/restore/restore.ts'
import { problemOfEndpoints, type Selected } from './endpoints-of-services.ts'
import { assertInjected } from './injection.ts'
import { listPods, podKey } from './pod.ts'
import type { Pod } from './pod.ts'
import { contentLabel, workloadKey, workloadLabel } from './pod-manifests.ts'

/** ms. Images have to be pulled. */
const patienceMs = 180_000
/** Of scenarios before this one, in case that another asks for the same: those of Bookinfo, twice. Each is told of every change, and takes room. */
const idleDeployments = 12

/** Kinds that run a scenario's services; they are kept for scenarios that ask for the same. */
export const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Service', 'ServiceAccount'])

interface Kept {
  object: KubeObject
  claimed: boolean
  lastUsed: number
  /** Another number each time that it was made or changed. */
  made: number
  /** Of the cluster's making, once it is there. */
  uid: string | null
}

export interface DeploymentsOptions {
  /** Is the namespace not of the run's making? */
  readonly isShared: (namespace: string) => boolean
  /** How many keep Deployments in the same cluster. Default 1. */
  readonly parts?: number
  /** @throws MeshSpecError when there is no use in waiting */
  readonly assertHope?: () => Promise<void>
}

/**
 * The Services and Deployments that scenarios ask for. A pod takes seconds to come, so that those of a scenario are kept for the next ones that ask for the
 * same; what would be seen by a scenario that did not ask for it is taken away before that sends anything.
 */
export class Deployments {
  readonly #objects: KubeObjects
  readonly #ledger: Ledger
  readonly #isShared: (namespace: string) => boolean
  readonly #kept = new Map<string, Kept>()
  /** What is being taken away. */
  readonly #going = new Map<string, Promise<void>>()
  readonly #mostIdle: number
  readonly #assertHope: () => Promise<void>
  #uses = 0

  constructor(objects: KubeObjects, ledger: Ledger, { isShared, parts = 1, assertHope = async () => {} }: DeploymentsOptions) {
    this.#assertHope = assertHope
    this.#objects = objects
    this.#ledger = ledger
    this.#isShared = isShared
    this.#mostIdle = parts === 1 ? idleDeployments : idleDeployments / 2
  }

  /** Makes the object be there, and be the scenario's. @returns whether it was not. @throws NotSupported for one that somebody else has made; MeshSpecError */
  async ask(object: KubeObject): Promise<boolean> {
    const ref = refOfObject(object)
    const key = resourceKey(ref)
    await this.#going.get(key)?.catch(() => {})
    const known = this.#kept.get(key)
    const isSame = known !== undefined && canonical(known.object) === canonical(object)
    if (known === undefined && this.#isShared(object.metadata.namespace ?? '')) await this.#assertFree(object)
    const kept: Kept = { object, claimed: true, lastUsed: this.#uses, made: isSame ? known.made : this.#uses, uid: isSame ? known.uid : null }
    this.#kept.set(key, kept)
    this.#uses += 1
    if (isSame) return false
    this.#ledger.touch({ ref, before: null })
    // Its pods stay as they are when its template changes.
    if (known !== undefined && object.kind === 'ReplicaSet') await this.#objects.delete(ref)
    const applied = await this.#objects.apply(object).catch((error: unknown) => {
      this.#kept.delete(key)
      throw error
    })
    kept.uid = (applied?.metadata as { readonly uid?: string } | undefined)?.uid ?? null
    return true
  }

  /** What makes the scenario's pods, as it was asked for. */
  get all(): readonly KubeObject[] {
    return this.#claimed(hasPodTemplate)
  }

  get services(): readonly KubeObject[] {
    return this.#claimed(({ kind }) => kind === 'Service')
  }

  /** @returns its name, and a number that tells it from what was there under that name before */
  madeAs(service: KubeObject): string {
    const key = resourceKey(refOfObject(service))
    return `${key}#${this.#kept.get(key)?.made}`
  }

  /** The pods of the scenario's Deployments in the namespaces. */
  async pods(namespaces: readonly string[]): Promise<readonly Pod[]> {
    const all = (await Promise.all(namespaces.map((namespace) => listPods(this.#objects, namespace)))).flat()
    const names = new Set(this.all.map((object) => `${object.metadata.namespace}/${workloadKey(object)}`))
    return all.filter(({ namespace, labels, workload }) => names.has(`${namespace}/${labels[workloadLabel] ?? workload}`))
  }

  /** Takes away what only scenarios before have asked for, as far as this one would see it. @returns whether there was anything */
  async dropForeign(): Promise<boolean> {
    const unclaimed = this.#droppable(({ claimed }) => !claimed)
    const visible = unclaimed.filter(([, { object }]) => !hasPodTemplate(object) || this.#isSelected(object))
    const idle = unclaimed.filter((entry) => !visible.includes(entry)).toSorted(([, a], [, b]) => b.lastUsed - a.lastUsed)
    const dropped = [...visible, ...idle.slice(this.#mostIdle)]
    await this.#delete(dropped)
    return dropped.length > 0
  }

  /** Takes away the Services that only scenarios before have asked for; their pods stay, and are met by nobody. */
  async dropIdleServices(): Promise<void> {
    await this.#delete([...this.#kept].filter(([, { object, claimed }]) => !claimed && object.kind === 'Service'))
  }

  /** Takes away what the scenario's proxies are in: none that follows is to meet them. Others know nothing of its rules. */
  async dropProxies(): Promise<void> {
    await this.#delete(this.#droppable(({ claimed, object }) => claimed && (!hasPodTemplate(object) || mayHaveProxy(labelsOfPods(object)))))
  }

  /**
   * Waits until each Deployment has its pods, and each Service their addresses.
   * @param notReady `podKey` of those that the scenario has made ill
   * @param others pods and Services besides: those of a namespace that the user has named, and what a scenario has put there
   * @throws NotYetProgrammed
   */
  async settled(namespaces: readonly string[], notReady: ReadonlySet<string>, others: () => Promise<Selected>): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const pods = await this.pods(namespaces)
      const other = await others()
      const all = { pods: [...pods, ...other.pods], services: [...this.services, ...other.services] }
      const problem =
        (await this.#problemOf(pods, notReady)) ??
        (await problemOfEndpoints(all, this.#objects, (service) => this.#kept.get(resourceKey(refOfObject(service)))?.uid ?? null))
      if (problem === null) return
      if (performance.now() > deadline) throw new NotYetProgrammed(`after ${patienceMs / 1000} s ${problem}`)
      await this.#assertHope()
      await sleep(150)
    }
  }

  /** The next scenario has asked for nothing yet. */
  endScenario(): void {
    for (const kept of this.#kept.values()) kept.claimed = false
  }

  /** In a namespace that was named others may have put something of the same name, which is theirs. */
  async #assertFree(object: KubeObject): Promise<void> {
    const ref = refOfObject(object)
    const found = await this.#objects.read(ref)
    const run = found?.metadata.labels?.[runLabel]
    // What another run has left is nobody's.
    if (found === null || run !== undefined) return
    throw new NotSupported(
      'workloads',
      `${named(ref)} is there already, and not of this run, which leaves it as it is: name a namespace without services with --namespaces, or use what is there, without --deploy`,
    )
  }

  /** Accounts stay until the run ends: nobody meets them, and pods that are kept could not get a token when they start again. */
  #droppable(isMeant: (kept: Kept) => boolean): readonly (readonly [string, Kept])[] {
    return [...this.#kept].filter(([, kept]) => kept.object.kind !== 'ServiceAccount' && isMeant(kept))
  }

  async #delete(kept: readonly (readonly [string, Kept])[]): Promise<void> {
    await Promise.all(kept.map(([key, one]) => this.#take(key, one)))
  }

  /** From now on it counts as gone: another part of the run may ask for it to be taken away while the next scenario of this one asks for the same. */
  #take(key: string, one: Kept): Promise<void> {
    const ref = refOfObject(one.object)
    this.#kept.delete(key)
    const going = this.#objects
      .delete(ref)
      .then(() => this.#ledger.done(ref))
      .catch((error: unknown) => {
        this.#kept.set(key, one)
        throw error
      })
      .finally(() => this.#going.delete(key))
    this.#going.set(key, going)
    return going
  }

  #claimed(isWanted: (object: KubeObject) => boolean): readonly KubeObject[] {
    return [...this.#kept.values()].flatMap(({ object, claimed }) => (claimed && isWanted(object) ? object : []))
  }

  /** Would a Service of this scenario lead to the pods? */
  #isSelected(workload: KubeObject): boolean {
    const labels = labelsOfPods(workload)
    return this.services.some((service) => {
      const selector = Object.entries((service['spec'].selector ?? {}) as Labels)
      return (
        service.metadata.namespace === workload.metadata.namespace && selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
      )
    })
  }

  /** A DaemonSet has a pod on each node that is for it, as its controller says once it has seen it. */
  async #wantedOf(workload: KubeObject): Promise<number> {
    if (workload.kind !== 'DaemonSet') return workload['spec'].replicas as number
    const found = await this.#objects.read(refOfObject(workload))
    const { observedGeneration, desiredNumberScheduled = 0 } = (found?.['status'] ?? {}) as {
      readonly observedGeneration?: number
      readonly desiredNumberScheduled?: number
    }
    const { generation } = (found?.metadata ?? {}) as { readonly generation?: number }
    return observedGeneration === generation ? desiredNumberScheduled : NaN
  }

  async #problemOf(pods: readonly Pod[], notReady: ReadonlySet<string>): Promise<string | null> {
    for (const workload of this.all) {
      const { kind, metadata } = workload
      const content = metadata.labels?.[contentLabel]
      const own = pods.filter((pod) => pod.namespace === metadata.namespace && pod.labels[workloadLabel] === workloadKey(workload))
      if (own.some(({ labels }) => labels[contentLabel] !== content)) return `pods of an earlier ${metadata.name} are still there`
      const wanted = await this.#wantedOf(workload)
      const missing = own.find((pod) => pod.ready === notReady.has(podKey(pod)))
      if (own.length !== wanted)
        return `${kind} ${metadata.name} has ${own.length} pods of ${Number.isNaN(wanted) ? 'nobody knows how many' : wanted}`
      if (missing)
        return `pod ${missing.name} is ${missing.ready ? 'still' : 'not'} ready (${missing.readyContainers}/${missing.containers} containers${missing.trouble ? `: ${missing.trouble}` : ''})`
      assertInjected(workload, own)
    }
    return null
  }
}

type Labels = Readonly<Record<string, string>>

/** Of a pod of the run. */
export function mayHaveProxy(labels: Labels): boolean {
  return labels['sidecar.istio.io/inject'] !== 'false'
}

function labelsOfPods(workload: KubeObject): Labels {
  return (workload['spec'].template.metadata as { readonly labels?: Labels }).labels ?? {}
}

/** With the run's label: what carries it is the run's to delete. */
export function labelled(object: KubeObject, run: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [runLabel]: run } } }
}

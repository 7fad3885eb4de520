import type { KubeObject, ResourceRef } from '../../../../../mesh-core/config/resource.ts'
import { NotYetProgrammed } from '../../../target.ts'
import { isWithin } from '../../lanes/reach.ts'
import type { Reach } from '../../lanes/reach.ts'
import { podKey } from '../../pods/pod.ts'
import type { Pod } from '../../pods/pod.ts'
import type { ScenarioPods } from '../../pods/scenario-pods.ts'
import type { ClusterRun } from '../cluster-run.ts'
import type { ClusterWords } from '../cluster-words.ts'
import { extentOf, roundsFor, wider } from './extent.ts'
import type { Extent } from './extent.ts'
import type { Proof } from './proof.ts'

interface Parts {
  readonly run: ClusterRun
  readonly words: ClusterWords
  readonly proof: Proof
  readonly pods: ScenarioPods
}

/** What a scenario has changed and its proxies are not known to have yet. */
export class Unproven {
  readonly #parts: Parts
  #extent: Extent = 'nothing'
  #reach: Reach = 'own'
  /** A rule for what comes in has changed while connections may be open. */
  #meetsConnections = false
  /** They are back where they were when the scenario has ended. */
  #hasMovedEndpoints = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  add(changed: Extent): void {
    this.#extent = wider(this.#extent, changed)
  }

  /** @param hasSent whether connections may be open */
  addConfig(changed: readonly Pick<ResourceRef, 'group' | 'kind'>[], hasSent: boolean): void {
    this.add(extentOf(changed))
    this.#meetsConnections ||= hasSent && changed.some(actsOnConnections)
  }

  /** Endpoints have come, gone, or become ready or not. */
  addEndpoints(): void {
    this.#hasMovedEndpoints = true
    this.add('all')
  }

  /** What others of the run have done to names outside of their own is undone by then, and is to be forgotten by this scenario's proxies. */
  async hold(reach: Reach): Promise<void> {
    await this.#parts.run.hold(reach)
    if (isWithin(reach, this.#reach)) return
    this.#reach = reach
    this.add('all')
  }

  /** Pods are there. */
  async ready(): Promise<void> {
    if (await this.#parts.pods.ready()) this.add('all')
  }

  /** What was changed is in force. @throws NotYetProgrammed */
  async settle(): Promise<void> {
    const { run } = this.#parts
    await this.ready()
    if (this.#extent === 'nothing' && run.leftAtGateway.size === 0) return
    await this.#prove(wider(this.#extent, run.left))
    this.#extent = 'nothing'
  }

  /**
   * What the scenario leaves to the next one to prove, once its config has been put back.
   * @param touched what it has changed
   * @param hasSent whether connections may be open
   */
  leave(touched: readonly Pick<ResourceRef, 'group' | 'kind'>[], hasSent: boolean): void {
    const { run, pods } = this.#parts
    run.left = wider(run.left, this.#hasMovedEndpoints ? 'all' : extentOf(touched))
    // Pods of others drain for as long as they please.
    if (hasSent && run.settings.deploy && touched.some(actsOnConnections)) for (const pod of pods.all) run.leftConnections.add(podKey(pod))
  }

  /** @returns whether proxies are known to have forgotten what the scenario had them do */
  async areForgotten(): Promise<boolean> {
    try {
      await this.#prove('all')
      return true
    } catch (error) {
      if (!(error instanceof NotYetProgrammed)) throw error
      return false
    }
  }

  async #prove(changed: Extent): Promise<void> {
    const { run, words, proof, pods } = this.#parts
    const { leftConnections } = run
    const isDrained = (pod: Pod): boolean => this.#meetsConnections || leftConnections.has(podKey(pod))
    await proof.pass([...words.used], pods.all, { rounds: roundsFor(changed), isDrained })
    // One that is not ready was perhaps not asked.
    for (const pod of pods.all.filter(({ ready }) => ready)) leftConnections.delete(podKey(pod))
    run.left = 'nothing'
    this.#meetsConnections = false
  }
}

/**
 * Is it about what a sidecar does with what comes in? Connections that are open when such a rule comes or goes are served as before until the proxy has drained
 * the old listener, which takes up to its drain time.
 */
function actsOnConnections({ group, kind }: Pick<ResourceRef, 'group' | 'kind'>): boolean {
  return kind === 'EnvoyFilter' || group === 'security.istio.io'
}

/** Does the rule name a credential? A proxy keeps one that has gone as long as some rule names it: a scenario that follows would meet it in pods that are kept. */
export function namesCredential({ kind, ...rest }: KubeObject): boolean {
  return kind === 'DestinationRule' && JSON.stringify(rest).includes('"credentialName"')
}

/** Does the rule have proxies put endpoints out for what they have answered before? */
export function remembersEndpoints({ kind, ...rest }: KubeObject): boolean {
  return kind === 'DestinationRule' && JSON.stringify(rest).includes('"outlierDetection"')
}

import type { KubeObject } from '../../../../mesh-core/config/resource.ts'
import type { ServiceBehaviour } from '../../../../samples/echo/behaviour.ts'
import type { StatedCertificate } from '../../../../samples/pod/control.ts'
import { NotSupported } from '../../target.ts'
import { podKey } from './pod.ts'
import type { Pod } from './pod.ts'
import { workloadKey, workloadLabel } from './pod-manifests.ts'

/** Tells pods. */
export interface Telling {
  /** @param counter IP of the pod that counts for all */
  behave(pods: readonly Pod[], behaviour: ServiceBehaviour, counter: string | undefined): Promise<void>
  certify(pods: readonly Pod[], certificate: StatedCertificate): Promise<void>
}

export type Said = { readonly behaviour: ServiceBehaviour } | { readonly certificate: StatedCertificate }

interface Statement {
  readonly said: Said
  /** `namespace/workload` of those whose pods do so even if they come later. */
  readonly workloads: ReadonlySet<string>
  /** Where there was no pod yet, the first one that comes. */
  counter: string | undefined
}

/** What a scenario says of its services, for the pods that are there and for those that come later. */
export class Stated {
  readonly #telling: Telling
  readonly #statements: Statement[] = []
  readonly #met = new Set<string>()

  constructor(telling: Telling) {
    this.#telling = telling
  }

  /** @param pods those that are there; @param deployments that make others later */
  async say(said: Said, pods: readonly Pod[], deployments: readonly KubeObject[]): Promise<void> {
    const workloads = new Set(deployments.map((one) => `${one.metadata.namespace}/${workloadKey(one)}`))
    const statement = { said, workloads, counter: pods[0]?.ip }
    this.#statements.push(statement)
    await this.#tell(statement, pods)
  }

  /**
   * Those that have come since hear what was said before.
   * @throws NotSupported where one that counted for all is there no more
   */
  async hear(pods: readonly Pod[]): Promise<void> {
    const fresh = pods.filter((pod) => !this.#met.has(keyOf(pod)))
    for (const pod of fresh) this.#met.add(keyOf(pod))
    for (const statement of this.#statements) {
      const own = fresh.filter(({ namespace, labels }) => statement.workloads.has(`${namespace}/${labels[workloadLabel] ?? ''}`))
      if (own.length === 0) continue
      statement.counter ??= own[0]!.ip
      if (counts(statement.said) && !pods.some(({ ip }) => ip === statement.counter))
        throw new NotSupported('behaviour', 'the pod that counted for its service what it answers otherwise is there no more')
      await this.#tell(statement, own)
    }
  }

  async #tell({ said, counter }: Statement, pods: readonly Pod[]): Promise<void> {
    if (pods.length === 0) return
    if ('certificate' in said) await this.#telling.certify(pods, said.certificate)
    else await this.#telling.behave(pods, said.behaviour, counter)
  }
}

/** Pods of a StatefulSet have the names of those before them. */
function keyOf(pod: Pod): string {
  return `${podKey(pod)} ${pod.ip}`
}

function counts(said: Said): boolean {
  return 'behaviour' in said && said.behaviour.first !== undefined && said.behaviour.first !== Infinity
}

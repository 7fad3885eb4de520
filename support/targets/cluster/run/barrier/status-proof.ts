import { setTimeout as sleep } from 'node:timers/promises'
import type { ObjectStatus } from '../../../../../mesh-core/compile/gateway-api/object-status.ts'
import { emptyStatus } from '../../../../../mesh-core/compile/gateway-api/object-status.ts'
import type { KubeObject, Resource } from '../../../../../mesh-core/config/resource.ts'
import { refOf } from '../../../../../mesh-core/config/resource.ts'
import { NotSupported, NotYetProgrammed } from '../../../target.ts'
import { named } from '../../kube/objects.ts'
import type { ClusterRun } from '../cluster-run.ts'
import { refOfObject } from '../restore/restore.ts'
import type { ScenarioObjects } from '../scenario-objects.ts'

const gatewayApi = 'gateway.networking.k8s.io'

interface Condition {
  readonly type: string
  readonly status: string
  readonly observedGeneration?: number
}

/** ms between two readings, and how many there are at most. */
const statusPauseMs = 200
const statusReadings = 20

function textOf(statuses: ReadonlyMap<string, KubeObject>): string {
  return JSON.stringify([...statuses].map(([name, object]) => [name, object['status']]))
}

/** What controllers of the Gateway API have told of the objects that a scenario has applied. */
export class StatusProof {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects
  #statuses = new Map<string, KubeObject>()
  /** Listeners of Gateways to which the barrier has attached a route of its own, by Gateway. */
  readonly #withBarrier = new Map<string, string>()

  constructor(run: ClusterRun, config: ScenarioObjects) {
    this.#run = run
    this.#config = config
  }

  /** The barrier has a route at the Gateway's listener. */
  attached(gateway: KubeObject, listener: string): void {
    this.#withBarrier.set(named(refOfObject(gateway)), listener)
  }

  /** As controllers had written them when the config was last proven to be in force. */
  of(resources: readonly Resource[]): readonly ObjectStatus[] {
    return resources.flatMap((resource) => {
      const { namespaces } = this.#run
      const found = this.#statuses.get(named({ ...refOf(resource), namespace: namespaces.real(resource.namespace) }))
      return found ? [{ ...emptyStatus, ...this.#withoutBarrier(found), resource } as ObjectStatus] : []
    })
  }

  /** What its route adds to a listener's count is not the scenario's. */
  #withoutBarrier(object: KubeObject): object {
    const own = this.#withBarrier.get(named(refOfObject(object)))
    const { listeners, ...status } = object['status'] as {
      readonly listeners?: readonly { readonly name: string; readonly attachedRoutes: number }[]
    }
    if (own === undefined || !listeners) return object['status'] as object
    const count = (one: (typeof listeners)[number]): object => (one.name === own ? { ...one, attachedRoutes: one.attachedRoutes - 1 } : one)
    return { ...status, listeners: listeners.map(count) }
  }

  /** Gateways with pods that can be asked, with their status: one that is not programmed has none. */
  get programmed(): readonly KubeObject[] {
    return [...this.#statuses.values()].filter(({ kind, status }) => {
      const conditions = (status?.conditions ?? []) as readonly Condition[]
      return kind === 'Gateway' && conditions.some((one) => one.type === 'Programmed' && one.status === 'True')
    })
  }

  /**
   * Resolves when controllers have told the status of every object. They say themselves which generation of it they have seen.
   * @param deadline ms, of `performance.now()`
   * @throws NotYetProgrammed; NotSupported for a kind that no controller looks at
   */
  async until(deadline: number): Promise<void> {
    for (;;) {
      await this.#read()
      const late = [...this.#statuses.values()].filter((object) => !isObserved(object))
      if (late.length === 0) return
      this.#assertHandled(late, performance.now() > deadline)
      if (performance.now() > deadline)
        throw new NotYetProgrammed(
          `not yet programmed after ${this.#run.patienceMs / 1000} s: no controller has told the status of ${late.map((object) => named(refOfObject(object))).join(', ')}${await this.#withoutClass(late)}`,
        )
      await this.#run.controlPlane.assertHope()
      await sleep(100)
    }
  }

  /** Whose class is none of the cluster's: nobody will ever look at them. */
  async #withoutClass(late: readonly KubeObject[]): Promise<string> {
    const named = late.flatMap(({ kind, spec }) => (kind === 'Gateway' ? [String(spec.gatewayClassName)] : []))
    const found = await Promise.all(
      [...new Set(named)].map(async (name) => {
        const ref = { group: gatewayApi, kind: 'GatewayClass', namespace: '', name }
        // Who may not look knows nothing of it.
        return (await this.#run.objects.read(ref).catch(() => ref)) === null ? [name] : []
      }),
    )
    const missing = found.flat()
    return missing.length > 0 ? `; the cluster has no GatewayClass ${missing.join(', ')}` : ''
  }

  /**
   * A kind of which no object has ever got a status, while others did, is one that no controller here looks at.
   * @param isOver whether they have had their time
   * @throws NotSupported
   */
  #assertHandled(late: readonly KubeObject[], isOver: boolean): void {
    const { unhandledKinds } = this.#run
    for (const object of this.#statuses.values()) if (isObserved(object)) this.#run.handledKinds.add(object.kind)
    const silent = late.filter(({ kind, ...rest }) => !this.#run.handledKinds.has(kind) && (rest as KubeObject)['status'] === undefined)
    if (isOver && silent.length === late.length && this.#run.handledKinds.size > 0) for (const { kind } of silent) unhandledKinds.add(kind)
    const unhandled = silent.find(({ kind }) => unhandledKinds.has(kind))
    if (unhandled)
      throw new NotSupported(
        'config',
        `no controller of this cluster looks at ${unhandled.kind}: within ${this.#run.patienceMs / 1000} s none had told its status`,
      )
  }

  /** Controllers write the status of a Gateway apart from those of its routes: what is read is what stays. */
  async settled(): Promise<void> {
    await this.#read()
    for (let left = statusReadings; left > 0 && this.#withBarrier.size > 0; left--) {
      const before = textOf(this.#statuses)
      await sleep(statusPauseMs)
      await this.#read()
      if (textOf(this.#statuses) === before) return
    }
  }

  async #read(): Promise<void> {
    const own = this.#config.applied.filter(({ apiVersion, kind }) => apiVersion.startsWith(`${gatewayApi}/`) && kind !== 'ReferenceGrant')
    const read = await Promise.all(own.map((object) => this.#run.objects.read(refOfObject(object))))
    this.#statuses = new Map(read.flatMap((object) => (object ? [[named(refOfObject(object)), object] as const] : [])))
  }
}

function isObserved(object: KubeObject): boolean {
  const { generation } = object.metadata as { readonly generation?: number }
  const status = (object['status'] ?? {}) as {
    readonly conditions?: readonly Condition[]
    readonly parents?: readonly { readonly conditions?: readonly Condition[] }[]
    readonly ancestors?: readonly { readonly conditions?: readonly Condition[] }[]
  }
  const related = [...(status.parents ?? []), ...(status.ancestors ?? [])]
  const conditions = [...(status.conditions ?? []), ...related.flatMap((one) => one.conditions ?? [])]
  const own = conditions.filter(({ observedGeneration }) => observedGeneration === generation)
  if (own.length === 0) return false
  // A Gateway's own pods have to come; one that is not accepted gets none.
  if (object.kind !== 'Gateway') return true
  const isTrue = (type: string): boolean => own.some((condition) => condition.type === type && condition.status === 'True')
  return isTrue('Programmed') || !isTrue('Accepted')
}

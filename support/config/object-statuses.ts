import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '../../mesh-core/compile/gateway-api/conditions.ts'
import type { ListenerStatus } from '../../mesh-core/compile/gateway-api/listener-status.ts'
import type { ObjectStatus } from '../../mesh-core/compile/gateway-api/object-status.ts'
import { StatementFailed } from '../verdicts/failure.ts'
import { isCalled, namesOf } from '../sentences/is-called.ts'

/** What controllers say of the objects of a scenario's mesh: conditions, of routes for each parent. */
export class ObjectStatuses {
  readonly #statuses: readonly ObjectStatus[]

  constructor(statuses: readonly ObjectStatus[]) {
    this.#statuses = statuses
  }

  /**
   * @param type of a condition; a route has it at each of its parents, and each counts
   * @param name may hold the namespace: `prod/shop`, `shop.prod`
   * @throws StatementFailed where one is not True
   */
  expectTrue(type: string, kind: string, name: string): void {
    const conditions = this.#conditions(type, kind, name)
    if (conditions.some(({ status }) => status !== 'True')) throw new StatementFailed(told(type, kind, name, conditions))
  }

  /** @param reason at one of the parents at least. @throws StatementFailed */
  expectFalse(type: string, kind: string, name: string, reason: string): void {
    const conditions = this.#conditions(type, kind, name)
    if (!isSo(conditions, reason)) throw new StatementFailed(told(type, kind, name, conditions))
  }

  /** A condition that is True where something is to be told. @param reason at one of the parents at least. @throws StatementFailed */
  expectCondition(type: string, kind: string, name: string, reason: string): void {
    const conditions = this.#holders(kind, name).flatMap((holder) => holder.conditions)
    if (conditions.some((one) => one.type === type && one.status === 'True' && one.reason === reason)) return
    const said = conditions.map((one) => `  ${one.type} is ${one.status}, ${one.reason}: ${one.message}`)
    throw new StatementFailed([`of ${kind} "${name}" is said:`, ...said].join('\n'))
  }

  /** @param wanted what a condition of the listener has to say: `Conflicted` is True when something is wrong. @throws StatementFailed */
  expectListener(wanted: { readonly type: string; readonly status: 'True' | 'False'; readonly reason: string | null }, place: ListenerPlace): void {
    const { listener, kind, name } = place
    const conditions = this.#listener(place).conditions.filter(({ type }) => type === wanted.type)
    const holds = conditions.some(({ status, reason }) => status === wanted.status && (wanted.reason === null || reason === wanted.reason))
    if (!holds) throw new StatementFailed(told(wanted.type, kind, `${name}" listener "${listener}`, conditions))
  }

  /** @throws StatementFailed */
  expectAttachedRoutes(count: number, place: ListenerPlace): void {
    const { attachedRoutes } = this.#listener(place)
    if (attachedRoutes !== count)
      throw new StatementFailed(
        `listener "${place.listener}" of ${place.kind} "${place.name}" has ${attachedRoutes} attached route${attachedRoutes === 1 ? '' : 's'}, not ${count}.`,
      )
  }

  /** Exactly these, in any order. @throws StatementFailed */
  expectSupportedKinds(kinds: readonly string[], place: ListenerPlace): void {
    const seen = this.#listener(place).supportedKinds.map(({ kind }) => kind)
    if (isDeepStrictEqual(kinds.toSorted(), seen.toSorted())) return
    throw new StatementFailed(`listener "${place.listener}" of ${place.kind} "${place.name}" takes routes of the kinds ${listed(seen)}.`)
  }

  #listener({ listener, kind, name }: ListenerPlace): ListenerStatus {
    const status = this.#find(kind, name)
    const own = status.listeners.find((one) => one.name === listener)
    if (own) return own
    throw new StatementFailed(`${kind} "${name}" has no listener "${listener}"; it has ${listed(status.listeners.map((one) => one.name))}.`)
  }

  #conditions(type: string, kind: string, name: string): readonly Condition[] {
    const conditions = this.#holders(kind, name).flatMap((holder) => holder.conditions.filter((one) => one.type === type))
    if (conditions.length === 0)
      throw new StatementFailed(`nobody says whether ${kind} "${name}" is ${type}: it names no Gateway, Service or ServiceEntry that there is.`)
    return conditions
  }

  /** Of a route or a policy, each of its parents; of another object itself. */
  #holders(kind: string, name: string): readonly { readonly conditions: readonly Condition[] }[] {
    const status = this.#find(kind, name)
    const others = [...status.parents, ...status.ancestors]
    return others.length > 0 ? others : [status]
  }

  #find(kind: string, name: string): ObjectStatus {
    const found = this.#statuses.find(({ resource }) => isCalled(resource, kind, name))
    if (found) return found
    const others = this.#statuses.map(({ resource }) => resource)
    throw new StatementFailed(`there is no ${kind} "${name}" with a status; of this kind there is ${namesOf(others, kind)}.`)
  }
}

/** A listener of a Gateway or a ListenerSet. */
export interface ListenerPlace {
  readonly listener: string
  readonly kind: string
  readonly name: string
}

function isSo(conditions: readonly Condition[], reason: string): boolean {
  return conditions.some((condition) => condition.status === 'False' && condition.reason === reason)
}

function told(type: string, kind: string, name: string, conditions: readonly Condition[]): string {
  const lines = conditions.map(({ status, reason, message }) => `  ${type} is ${status}, ${reason}: ${message}`)
  return [`of ${kind} "${name}" is said:`, ...lines].join('\n')
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

import type { Resource } from '../../config/resource.ts'
import type { Condition } from './conditions.ts'
import type { ListenerStatus } from './listener-status.ts'
import type { ParentRef } from './types.ts'

/** What a controller says of one parent of a route, or of one ancestor of a policy. */
export interface ParentStatus {
  readonly parentRef: ParentRef
  readonly controllerName: string
  readonly conditions: readonly Condition[]
}

/** The status that the controller gives to an object, in the words of the specification. */
export interface ObjectStatus {
  readonly resource: Resource
  /** Of the object as a whole; none of a route. */
  readonly conditions: readonly Condition[]
  readonly listeners: readonly ListenerStatus[]
  /** Of a route, by its own `parentRefs`. */
  readonly parents: readonly ParentStatus[]
  /** Of a policy. */
  readonly ancestors: readonly ParentStatus[]
  /** Of a Gateway. */
  readonly addresses: readonly string[]
  readonly attachedListenerSets: number
}

export const emptyStatus: Omit<ObjectStatus, 'resource'> = {
  conditions: [],
  listeners: [],
  parents: [],
  ancestors: [],
  addresses: [],
  attachedListenerSets: 0,
}

/** An object that was never written by an API server is its first generation. */
export function generationOf({ object }: Resource): number {
  const generation = (object.metadata as { readonly generation?: unknown }).generation
  return typeof generation === 'number' ? generation : 1
}

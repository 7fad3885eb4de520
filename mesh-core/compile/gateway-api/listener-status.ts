import { complaint, condition, type Condition, type Problem } from './conditions.ts'
import type { RouteKind } from './types.ts'

/** What is found out about one listener before any route attaches. */
export interface ListenerState {
  readonly supportedKinds: readonly RouteKind[]
  /** Why the listener itself cannot be: its protocol, its mode. */
  readonly notAccepted: Problem | null
  /** What it refers to and does not get: certificates, kinds of routes. */
  readonly unresolved: Problem | null
  /** Another listener of its port that it does not go together with. */
  readonly conflict: Problem | null
  /** Another HTTPS listener of its port whose hostname has names in common with its own. */
  readonly overlap: Problem | null
  /** Why no traffic is taken, although it is accepted: no certificate is left. */
  readonly notProgrammed: Problem | null
}

/** Source: Gateway API `ListenerStatus`. */
export interface ListenerStatus {
  readonly name: string
  readonly supportedKinds: readonly RouteKind[]
  readonly attachedRoutes: number
  readonly conditions: readonly Condition[]
}

export function isServed({ notAccepted, conflict, notProgrammed }: ListenerState): boolean {
  return notAccepted === null && conflict === null && notProgrammed === null
}

export function listenerStatus(name: string, state: ListenerState, attachedRoutes: number, generation: number): ListenerStatus {
  const { supportedKinds, notAccepted, unresolved, conflict, overlap, notProgrammed } = state
  const broken = notAccepted ?? conflict
  return {
    name,
    supportedKinds,
    attachedRoutes,
    conditions: [
      condition('Accepted', 'Accepted', broken, generation),
      condition('Programmed', 'Programmed', conflict ?? notProgrammed ?? (broken && { reason: 'Invalid', message: broken.message }), generation),
      complaint('Conflicted', 'NoConflicts', conflict, generation),
      condition('ResolvedRefs', 'ResolvedRefs', unresolved, generation),
      ...(overlap ? [complaint('OverlappingTLSConfig', '', overlap, generation)] : []),
    ],
  }
}

import type { Difference } from '../vectors/difference.ts'
import type { ObservedCall, SingleObservation } from '../vectors/mesh-observed/case.ts'
import type { Document } from './generate/document.ts'
import type { GeneratedMesh } from './generate/mesh.ts'

/** What is known of the call that a difference is about. */
export interface Answered {
  readonly config: readonly Document[]
  readonly behaviour?: GeneratedMesh['behaviour']
  /** `null` where it is the config as a whole that differs. */
  readonly call: ObservedCall | null
  /** What the other side answered; `null` where it is the config as a whole that differs. */
  readonly answer: Partial<SingleObservation> | null
  /** Has a proxy of the other side refused route tables? */
  readonly refusesRoutes?: boolean
}

/** A difference that is not ours to mend. Counted and named at the end of a run, but no failure. */
export interface KnownDifference {
  readonly reason: string
  /** Where it occurs alone; everywhere when absent. */
  readonly against?: 'istiod' | 'envoy'
  covers(difference: Difference, answered: Answered): boolean
}

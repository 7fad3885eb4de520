import type { Behaviour, ObservedCall } from '../../vectors/mesh-observed/case.ts'
import type { Draw } from '../draw.ts'
import type { Document } from './document.ts'
import type { Json } from './matches.ts'

/** What a subject makes of a mesh. */
export interface Scenery {
  readonly config: readonly Document[]
  readonly calls: readonly ObservedCall[]
  readonly behaviour?: Readonly<Record<string, Behaviour>>
  readonly meshConfig?: Json
  /** Called workloads whose own sidecar runs too. */
  readonly inbound?: readonly string[]
}

/** Makes meshes about one subject. */
export type Subject = (draw: Draw, callCount: number) => Scenery

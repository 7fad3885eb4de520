import type { HostSet } from './host-set.ts'
import type { PriorityLoad } from './priority-load.ts'
import type { UpstreamHost } from './upstream-host.ts'
import type { Hash64 } from './xx-hash.ts'

/** What one pick goes by. */
export interface PickContext {
  /** Of the request; `null` where nothing of it is hashed. */
  hash(): Hash64 | null
  /** Hosts that are better left alone, and how many picks may be spent on that. */
  readonly tried: readonly UpstreamHost[]
  readonly attempts: number
  /** What each priority gets of this pick, where that is not as usual; hashing balancers do not ask. */
  loads?(sets: readonly HostSet[], usual: readonly number[]): readonly number[]
}

/** A pick that nothing is known for. */
export const blindly: PickContext = { hash: () => null, tried: [], attempts: 0 }

export interface Balancer {
  /** Takes the hosts as they are now; there is at least one set. */
  refresh(sets: readonly HostSet[], load: PriorityLoad): void
  /** `null` when there is nobody to choose. */
  pick(context: PickContext): UpstreamHost | null
}

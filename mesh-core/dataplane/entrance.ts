import type { WorkloadRef } from '../ir/cluster.ts'
import type { FilterChain, HttpSettings, Listener, PathNormalization } from '../ir/proxy-config.ts'
import type { Dialled } from './dial.ts'
import type { Place } from './evidence.ts'
import type { ProxyRuntime } from './proxy-runtime.ts'

/** Which way a connection has come into a proxy. */
export interface Entrance {
  readonly listener: Listener
  readonly table: string
  readonly normalization: PathNormalization
  readonly settings: HttpSettings
  readonly chain: FilterChain
  readonly target: Dialled
  /** Of the client, as `x-forwarded-client-cert` has it; `null` for none. */
  readonly certificate: string | null
  /** Names in it. */
  readonly peer: readonly string[]
  /** SNI; `''` for none. */
  readonly serverName: string
}

/** Names the filter chain within the proxy. */
export function nameOfChain({ listener, chain }: Pick<Entrance, 'listener' | 'chain'>): string {
  return `${listener.name} ${listener.filterChains.indexOf(chain)}`
}

/** Who sends, as a proxy's hop has it: nobody of the mesh before the first gateway. */
export function senderOf({ parent }: Place, { edge, place }: ProxyRuntime): WorkloadRef | null {
  return edge && parent === -1 ? null : place.ref
}

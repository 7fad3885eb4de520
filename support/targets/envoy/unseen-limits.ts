import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { ProxyConfig } from '../../../mesh-core/ir/index.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Journal } from './journal.ts'

type Listeners = Pick<ProxyConfig, 'listeners'>

/** Clients here keep connections for their next requests, and Envoy has not seen the end of one when the next comes. @returns why the evidence of such a call is none */
export function unseenLimit({ calls }: Journal, configOf: (proxy: WorkloadInstance) => Listeners | null): NotShown | null {
  const isThere = calls.some(({ proxy }) => proxy !== null && (configOf(proxy)?.listeners ?? []).some(isLimited))
  return isThere
    ? new NotShown('how many connections are open where their number is limited (envoy.filters.network.connection_limit) is the run’s own doing here')
    : null
}

function isLimited({ filterChains, defaultFilterChain }: Listeners['listeners'][number]): boolean {
  return [...filterChains, defaultFilterChain].some((chain) => (chain?.limits ?? []).length > 0)
}

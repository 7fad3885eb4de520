import type { Cluster } from '../../../mesh-core/ir/cluster.ts'
import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import { clusterName } from './hops.ts'
import type { Journal } from './journal.ts'

interface Proxies {
  /** Do headers that it writes tell of endpoints? */
  readonly tellsOfEndpoints: (proxy: WorkloadInstance) => boolean
  readonly clusterOf: (proxy: WorkloadInstance, name: string) => Cluster | undefined
}

/** Endpoints that are listed carry what headers tell of them; those that are found in the moment carry nothing. @returns why the evidence of such a call is none */
export function untoldEndpoint({ calls }: Journal, { tellsOfEndpoints, clusterOf }: Proxies): NotShown | null {
  const isThere = calls.some(({ proxy, line }) => {
    const cluster = proxy && line && tellsOfEndpoints(proxy) ? clusterOf(proxy, clusterName(line)) : undefined
    return cluster !== undefined && cluster.discovery !== 'eds' && cluster.discovery !== 'static'
  })
  return isThere ? new NotShown('what headers tell of an endpoint that DNS names, or that its client has dialled, is not known here') : null
}

import { NotShown } from '../../../mesh-core/ir/not-shown.ts'
import type { ProxyConfig, RouteAction } from '../../../mesh-core/ir/index.ts'
import type { WorkloadInstance } from '../../../mesh-core/registry/registry.ts'
import type { Journal } from './journal.ts'

type Tables = Pick<ProxyConfig, 'routeTables'>

/** Clusters are called otherwise here than a request may name them, and endpoints go by no name. @returns why the evidence of such a call is none */
export function unseenName({ calls }: Journal, configOf: (proxy: WorkloadInstance) => Tables | null): NotShown | null {
  const isThere = calls.some(({ proxy, line }) => {
    const config = proxy && line ? configOf(proxy) : null
    return config !== null && routesOf(config).some(({ name, action }) => name === (line!.route ?? '') && goesByName(action))
  })
  return isThere
    ? new NotShown('clusters that requests name (cluster_header), and names of endpoints that become the host (auto_host_rewrite), are others here')
    : null
}

function routesOf({ routeTables }: Tables): readonly { readonly name: string; readonly action: RouteAction }[] {
  return Object.values(routeTables).flatMap(({ virtualHosts }) => virtualHosts.flatMap(({ routes }) => routes))
}

function goesByName(action: RouteAction): boolean {
  if (action.kind !== 'forward') return false
  const { clusterHeader, hostRewrite } = action
  return clusterHeader !== undefined || (typeof hostRewrite === 'object' && hostRewrite?.kind === 'endpoint')
}

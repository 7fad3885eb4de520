import type { ProxyConfig } from '../ir/proxy-config.ts'
import type { RouteTable } from '../ir/route.ts'

type RouteTables = ProxyConfig['routeTables']

/** Tables that Envoy refuses are as they were `before`; on a fresh proxy they are empty. */
export function acknowledgedRoutes(tables: RouteTables, before: () => RouteTables): RouteTables {
  const refused = Object.values(tables).filter(isRefused)
  if (refused.length === 0) return tables
  const former = before()
  const kept = refused.map(({ name, ignorePortInHost }) => [name, former[name] ?? { name, virtualHosts: [], ignorePortInHost }] as const)
  return { ...tables, ...Object.fromEntries(kept) }
}

function isRefused(table: RouteTable): boolean {
  return table.virtualHosts.some((host) => host.routes.some((route) => route.refusal !== null))
}

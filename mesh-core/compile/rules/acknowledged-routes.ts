import type { ProxyConfig } from '../../ir/proxy-config.ts'
import type { Refusal, RouteTable } from '../../ir/route.ts'
import { unknownHttpTable } from '../sidecar/unknown-traffic.ts'

type RouteTables = ProxyConfig['routeTables']

/**
 * Tables that Envoy refuses are as they were `before`; on a fresh proxy they are empty. istiod sends all of a proxy in one message. Of tables that come with one
 * that can be read and is refused Envoy may leave some as they were, as chance has it: those are taken here. The table of unknown traffic comes with its listener.
 */
export function acknowledgedRoutes(tables: RouteTables, before: () => RouteTables): RouteTables {
  const all = Object.values(tables).filter(({ name }) => name !== unknownHttpTable)
  const broken = all.filter((table) => holds(table, () => true))
  const refused = broken.some((table) => holds(table, ({ spoils }) => spoils === 'message')) ? all : broken
  if (refused.length === 0) return tables
  const former = before()
  const kept = refused.map(({ name, ignorePortInHost }) => [name, former[name] ?? { name, virtualHosts: [], ignorePortInHost }] as const)
  return { ...tables, ...Object.fromEntries(kept) }
}

function holds({ virtualHosts }: RouteTable, isSo: (refusal: Refusal) => boolean): boolean {
  return virtualHosts.some(({ routes }) => routes.some(({ refusal }) => refusal !== null && isSo(refusal)))
}

import type { Origin } from '../../../mesh-core/ir/origin.ts'
import type { ProxyConfig } from '../../../mesh-core/ir/proxy-config.ts'
import { refusalOf } from './validate.ts'
import type { StaticConfig } from './validate.ts'
import { cluster } from './xds/cluster.ts'
import { asIstiodSends } from './xds/as-istiod-sends.ts'
import type { Placement } from './xds/placement.ts'
import { routeConfiguration } from './xds/route-table.ts'

/** A part of a config, alone, with where it comes from. */
export interface Suspect {
  readonly config: StaticConfig
  readonly origin: Origin
}

/** How many parts are looked at, each by an Envoy of its own; the words of the whole refusal stand when none of them is it. */
const mostSuspects = 60

/** Envoy says what it does not like, and seldom where: each part is shown to it alone. */
export async function findCulprit(path: string, suspects: readonly Suspect[]): Promise<{ readonly origin: Origin; readonly words: string } | null> {
  const seen = new Set<string>()
  for (const { config, origin } of suspects) {
    const key = JSON.stringify([origin, config])
    if (seen.has(key)) continue
    if (seen.size === mostSuspects) return null
    seen.add(key)
    const words = await refusalOf(path, config)
    if (words !== null) return { origin, words }
  }
  return null
}

/** Each route of a table. */
export function routeSuspects({ routeTables }: ProxyConfig, name: string): readonly Suspect[] {
  const table = routeTables[name]
  if (!table) return []
  return table.virtualHosts.flatMap(({ routes }) =>
    routes.map((route) => {
      const host = { name: 'suspect', domains: ['*'], routes: [route], requireTls: false }
      return {
        config: { routes: [routeConfiguration({ ...table, virtualHosts: [host] }, asIstiodSends)] },
        origin: route.matchOrigin ?? route.origin,
      }
    }),
  )
}

/** Endpoints and secrets have nothing to do with it, and would need a server. */
const alone: Placement = { ...asIstiodSends, endpointSource: () => null, resolves: false, transportSocket: () => ({}) }

export function clusterSuspects({ clusters }: ProxyConfig): readonly Suspect[] {
  return Object.values(clusters).map((one) => ({ config: { clusters: [cluster({ ...one, endpoints: [] }, alone)] }, origin: one.origin }))
}

import type { Cluster } from '../../ir/cluster.ts'
import { overprovisioning } from './priority-load.ts'
import type { UpstreamHost } from './upstream-host.ts'

/** The hosts of one priority. Source: Envoy `HostSet`. */
export interface HostSet {
  readonly hosts: readonly UpstreamHost[]
  readonly healthy: readonly UpstreamHost[]
  /** Where the weights of localities act; `null` elsewhere. */
  readonly localities: readonly LocalityHosts[] | null
}

export interface LocalityHosts {
  readonly weight: number
  readonly hosts: readonly UpstreamHost[]
  readonly healthy: readonly UpstreamHost[]
}

/** @returns one for each priority, the first one first; at least one */
export function hostSets({ localities }: Cluster, hosts: readonly UpstreamHost[], isHealthy: (host: UpstreamHost) => boolean): HostSet[] {
  const healthyOf = (all: readonly UpstreamHost[]) => (all.every(isHealthy) ? all : all.filter(isHealthy))
  if (!localities) return [{ hosts, healthy: healthyOf(hosts), localities: null }]
  const known = new Map(hosts.map((host) => [host.endpoint, host]))
  const priorities = Math.max(0, ...localities.groups.map(({ priority }) => priority)) + 1
  return Array.from({ length: priorities }, (_, priority) => {
    const own = localities.groups
      .filter((group) => group.priority === priority)
      .map(({ weight, endpoints }) => {
        const all = endpoints.flatMap((endpoint) => known.get(endpoint) ?? [])
        return { weight, hosts: all, healthy: healthyOf(all) }
      })
    const all = own.flatMap((group) => group.hosts)
    return { hosts: all, healthy: healthyOf(all), localities: localities.weighted ? own : null }
  })
}

/** A locality that has lost hosts gets less, beyond what it can do without. Source: Envoy `LocalityWrr::effectiveLocalityWeight`. */
export function effectiveWeight({ weight, hosts, healthy }: LocalityHosts): number {
  return hosts.length === 0 ? 0 : weight * Math.min(1, ((overprovisioning / 100) * healthy.length) / hosts.length)
}

import type { Cluster } from '../../../../mesh-core/ir/cluster.ts'
import type { FilterChain, ProxyConfig } from '../../../../mesh-core/ir/proxy-config.ts'

/** No name of a cluster has it. */
const mark = ' without lookup'

/** The name of a cluster in the mesh. */
export function nameInMesh(name: string): string {
  return name.endsWith(mark) ? name.slice(0, -mark.length) : name
}

/**
 * Where `dynamic-dns` clusters go is told by the client here, and not looked up by a filter; so a chain that has no such filter gets another cluster, which has
 * nobody.
 */
export function withoutLookup(config: ProxyConfig): ProxyConfig {
  if (!Object.values(config.clusters).some(({ discovery }) => discovery === 'dynamic-dns')) return config
  const added = new Map<string, Cluster>()
  const named = (name: string): string => {
    const cluster = config.clusters[name]
    if (cluster?.discovery !== 'dynamic-dns') return name
    added.set(name + mark, { ...cluster, name: name + mark, discovery: 'static', endpoints: [] })
    return name + mark
  }
  const led = (chain: FilterChain): FilterChain => {
    const { filter } = chain
    if (filter.kind !== 'tcp' || filter.looksUpServerName) return chain
    return { ...chain, filter: { ...filter, clusters: filter.clusters.map((one) => ({ ...one, cluster: named(one.cluster) })) } }
  }
  const listeners = config.listeners.map((one) => ({
    ...one,
    filterChains: one.filterChains.map(led),
    defaultFilterChain: one.defaultFilterChain && led(one.defaultFilterChain),
  }))
  return added.size === 0 ? config : { ...config, listeners, clusters: { ...config.clusters, ...Object.fromEntries(added) } }
}

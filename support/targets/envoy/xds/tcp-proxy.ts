import type { NetworkFilter } from '../../../../mesh-core/ir/proxy-config.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'

/** Source: Envoy `TcpProxy`. */
export function tcpProxy(filter: Extract<NetworkFilter, { kind: 'tcp' }>, placement: Placement): Json {
  const { clusters, hashesSource, idleTimeoutMs, maxDurationMs } = filter
  const [only] = clusters
  const weighted = clusters.map(({ cluster, weight }) => ({ name: placement.cluster(cluster), weight }))
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: only?.cluster ?? 'none',
      ...(clusters.length === 1 ? { cluster: placement.cluster(only!.cluster) } : { weighted_clusters: { clusters: weighted } }),
      ...(hashesSource ? { hash_policy: [{ source_ip: {} }] } : {}),
      ...(idleTimeoutMs === undefined ? {} : { idle_timeout: duration(idleTimeoutMs) }),
      ...(maxDurationMs === undefined ? {} : { max_downstream_connection_duration: duration(maxDurationMs) }),
      ...optional('access_log', placement.accessLog),
    }),
  }
}

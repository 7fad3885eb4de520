import type { NetworkFilter, Tunnel } from '../../../../mesh-core/ir/proxy-config.ts'
import { tunnelHeader } from './access-log.ts'
import { duration, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement } from './placement.ts'

/** Source: Envoy `TcpProxy`. */
export function tcpProxy(filter: Extract<NetworkFilter, { kind: 'tcp' }>, placement: Placement): Json {
  const { clusters, hashesSource, idleTimeoutMs, maxDurationMs, tunnel } = filter
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
      ...(tunnel ? { tunneling_config: tunnelingConfig(tunnel, placement) } : {}),
      ...optional('access_log', placement.accessLog),
    }),
  }
}

/** Source: Envoy `TcpProxy.TunnelingConfig`. */
function tunnelingConfig({ method, target }: Tunnel, { pod }: Placement): Json {
  const value = `${pod} %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%`
  return {
    hostname: target,
    ...(method === 'POST' ? { use_post: true } : {}),
    ...(pod === null ? {} : { headers_to_add: [{ header: { key: tunnelHeader, value } }] }),
  }
}

import type { Cluster } from '../../../../mesh-core/ir/cluster.ts'
import type { UdpListener } from '../../../../mesh-core/ir/proxy-config.ts'
import { lbEndpoint } from './endpoint.ts'
import { typed } from './json.ts'
import type { Json } from './json.ts'
import type { Placement, SocketAddress } from './placement.ts'

/** Envoy keeps a session of each sender for so long after its last datagram. */
const idleTimeout = '60s'

/** Source: Envoy `UdpProxyConfig`. A route of it has one cluster: `udpCluster` is that of all that the listener spreads over. */
export function udpListener(config: UdpListener, name: string, at: SocketAddress, placement: Placement): Json {
  const type = 'envoy.extensions.filters.udp.udp_proxy.v3'
  const route = { name: 'route', typed_config: typed(`${type}.Route`, { cluster: placement.cluster(config.name) }) }
  const proxy = typed(`${type}.UdpProxyConfig`, { stat_prefix: config.name, idle_timeout: idleTimeout, matcher: { on_no_match: { action: route } } })
  return typed('envoy.config.listener.v3.Listener', {
    name,
    address: { socket_address: { protocol: 'UDP', address: at.address, port_value: at.port } },
    udp_listener_config: { downstream_socket_config: {} },
    listener_filters: [{ name: 'envoy.filters.udp_listener.udp_proxy', typed_config: proxy }],
  })
}

/** The clusters of a listener as places of one cluster, whose weights act; a cluster without endpoints is a place where nobody listens. */
export function udpCluster({ name, clusters }: UdpListener, all: Readonly<Record<string, Cluster>>, placement: Placement): Json {
  const endpoints = clusters
    .filter(({ weight }) => weight > 0)
    .map(({ cluster, weight }) => {
      const ready = all[cluster]?.endpoints.filter(({ healthy }) => healthy) ?? []
      const own = ready.map((endpoint) => lbEndpoint(endpoint, placement))
      return { locality: { region: cluster }, load_balancing_weight: weight, lb_endpoints: own.length > 0 ? own : [nobody] }
    })
  return typed('envoy.config.cluster.v3.Cluster', {
    name: placement.cluster(name),
    type: 'STATIC',
    lb_policy: 'ROUND_ROBIN',
    // Each sender is a session for a while, and Envoy's own limit is 1024 of them.
    circuit_breakers: { thresholds: [{ max_connections: unlimited }] },
    common_lb_config: { healthy_panic_threshold: { value: 0 }, locality_weighted_lb_config: {} },
    load_assignment: { cluster_name: placement.cluster(name), endpoints },
  })
}

const unlimited = 2 ** 32 - 1

/** The port is TCPMUX's, which no machine of today serves. */
const nobody: Json = { endpoint: { address: { socket_address: { protocol: 'UDP', address: '127.0.0.1', port_value: 1 } } } }

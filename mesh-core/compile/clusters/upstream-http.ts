import type { UpstreamHttp } from '../../ir/cluster.ts'
import { isHttp, isHttp2 } from '../../registry/protocol.ts'
import type { Protocol } from '../../registry/registry.ts'
import type { ConnectionPool } from './destination-rule-types.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'

interface OutboundPlace {
  readonly mesh: MeshConfig
  readonly gateway: boolean
}

/**
 * The version of HTTP that a proxy speaks to a port of a service: the client's where a rule asks for it or nothing says what the port takes (save at gateways),
 * else what the port takes, else what a rule or the mesh upgrades it to. Source: Istio `core/cluster_builder.go` setUpstreamProtocol, shouldH2Upgrade;
 * `core/cluster_traffic_policy.go` applyConnectionPool.
 */
export function outboundHttp(protocol: Protocol, pool: ConnectionPool | undefined, { mesh, gateway }: OutboundPlace): UpstreamHttp {
  const own = gateway && protocol === 'auto' && pool?.http?.useClientProtocol !== true ? 'http1' : inboundHttp(protocol, pool)
  return own === 'http1' && isUpgraded(protocol, pool?.http?.h2UpgradePolicy, mesh) ? 'http2' : own
}

/** What a sidecar speaks to its own workload, which nobody upgrades. Source: the same files, buildInboundCluster. */
export function inboundHttp(protocol: Protocol, pool: ConnectionPool | undefined): UpstreamHttp {
  if (pool?.http?.useClientProtocol === true || protocol === 'auto') return 'client'
  return isHttp2(protocol) ? 'http2' : 'http1'
}

/** A rule that upgrades is believed of any port, the mesh only of those that say that they speak HTTP. */
function isUpgraded(protocol: Protocol, policy: string | undefined, mesh: MeshConfig): boolean {
  if (policy === 'UPGRADE') return true
  return policy !== 'DO_NOT_UPGRADE' && mesh.upgradesToHttp2 && isHttp(protocol)
}

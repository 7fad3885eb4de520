import type { Cluster } from '../../ir/cluster.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'
import { builtIn } from '../origin.ts'
import { byNameInHost } from '../sidecar/unknown-traffic.ts'
import type { ClusterSources } from './cluster-sources.ts'
import { clusterPolicy, passthroughLimits } from './traffic-policy.ts'
import { askingForHost, upstreamTls } from './upstream-tls.ts'

/** Clusters that every sidecar has. Source: Istio `core/cluster_builder.go` buildBlackHoleCluster, buildDefaultPassthroughCluster. */
export function specialClusters(mesh: MeshConfig): Cluster[] {
  const base = specialCluster(mesh)
  return [
    {
      ...base,
      ...passthroughLimits(mesh),
      connectTimeoutMs: clusterPolicy(mesh.defaultTrafficPolicy, mesh).connectTimeoutMs,
      name: 'PassthroughCluster',
      discovery: 'original-dst',
      loadBalancing: { kind: 'ORIGINAL_DST' },
      origin: builtIn('PassthroughCluster'),
    },
    { ...base, name: 'BlackHoleCluster', discovery: 'static', origin: builtIn('BlackHoleCluster') },
  ]
}

/**
 * Of requests to hosts that nothing is known of, with ALLOW_ANY_DYNAMIC_DNS. Source: Istio `core/cluster_builder.go` buildAllowAnyDFPCluster.
 */
export function clusterByName(sources: Omit<ClusterSources, 'rule' | 'client'>): Cluster {
  const { mesh } = sources
  const tls = upstreamTls(mesh.outboundTrafficPolicy.tls, null, { ...sources, http: 'client', inferred: false, selected: false })
  return {
    ...specialCluster(mesh),
    name: byNameInHost,
    discovery: 'dynamic-dns',
    tls: askingForHost(tls),
    origin: builtIn(byNameInHost),
  }
}

function specialCluster(mesh: MeshConfig): Omit<Cluster, 'name' | 'discovery' | 'origin'> {
  return {
    destination: null,
    portOverride: null,
    endpoints: [],
    localities: null,
    ...clusterPolicy({}, mesh),
    http: 'client',
    tls: { mode: 'disable' },
  }
}

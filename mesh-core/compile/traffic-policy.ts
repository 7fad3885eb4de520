import type { CircuitBreaker, Cluster, LoadBalancing, OutlierDetection, UpstreamTls } from '../ir/cluster.ts'
import type { ClientTls, ConnectionPool, LoadBalancer, OutlierSettings, PortPolicy, TrafficPolicy } from './destination-rule-types.ts'
import { durationMs } from './duration.ts'
import type { MeshConfig } from './mesh-config.ts'

/**
 * The policy for one port. Port-level settings replace the destination's wholesale: what they leave out takes defaults, not the parent's.
 * Source: Istio `pilot/pkg/networking/util` MergeTrafficPolicy, `model.GetPortLevelTrafficPolicy`.
 */
export function portPolicy(policy: TrafficPolicy | undefined, port: number): PortPolicy {
  const own = policy?.portLevelSettings?.find((setting) => setting.port?.number === port)
  return own ?? policy ?? {}
}

/** A subset's policy goes over the destination's, field by field. */
export function subsetPolicy(destination: TrafficPolicy | undefined, subset: TrafficPolicy | undefined, port: number): PortPolicy {
  const below = portPolicy(destination, port)
  const own = subset?.portLevelSettings?.find((setting) => setting.port?.number === port) ?? subset
  if (!own) return below
  const fields = ['connectionPool', 'loadBalancer', 'outlierDetection', 'tls'] as const
  return Object.fromEntries(fields.map((field) => [field, own[field] ?? below[field]])) as PortPolicy
}

const unlimited = 2 ** 32 - 1

/** A 0 counts as unset. Source: Istio `core/cluster_traffic_policy.go` applyConnectionPool. */
export function circuitBreaker(pool: ConnectionPool | undefined): CircuitBreaker {
  return {
    maxConnections: pool?.tcp?.maxConnections || unlimited,
    maxPendingRequests: pool?.http?.http1MaxPendingRequests || unlimited,
    maxRequests: pool?.http?.http2MaxRequests || unlimited,
    maxRetries: pool?.http?.maxRetries || unlimited,
  }
}

/** LEAST_REQUEST unless said otherwise. Source: the same file, applyLoadBalancer. */
export function loadBalancing(balancer: LoadBalancer | undefined): LoadBalancing {
  switch (balancer?.simple) {
    case 'ROUND_ROBIN':
      return { kind: 'ROUND_ROBIN' }
    case 'RANDOM':
      return { kind: 'RANDOM' }
    case 'PASSTHROUGH':
      return { kind: 'ORIGINAL_DST' }
    default:
      return { kind: 'LEAST_REQUEST', choiceCount: 2 }
  }
}

/**
 * Only the counts that are given are enforced, save that Envoy enforces five 5xx in a row where `consecutive5xxErrors` is missing.
 * Times default as Envoy's: 10 s, 30 s, 10 %. Source: the same file, applyOutlierDetection; Envoy `outlier_detection.proto`.
 */
export function outlierDetection(outlier: OutlierSettings | undefined): OutlierDetection | null {
  if (!outlier) return null
  const local = outlier.splitExternalLocalOriginErrors ? (outlier.consecutiveLocalOriginFailures ?? 5) : 0
  return {
    consecutive5xx: (outlier.consecutive5xxErrors ?? 5) || null,
    consecutiveGatewayFailure: outlier.consecutiveGatewayErrors || null,
    consecutiveLocalOriginFailure: local || null,
    splitExternalLocalOriginErrors: outlier.splitExternalLocalOriginErrors ?? false,
    intervalMs: outlier.interval ? durationMs(outlier.interval) : 10_000,
    baseEjectionTimeMs: outlier.baseEjectionTime ? durationMs(outlier.baseEjectionTime) : 30_000,
    maxEjectionPercent: outlier.maxEjectionPercent || 10,
  }
}

/** Automatic mutual TLS acts where no mode is given. Source: Istio `core/cluster_tls.go` buildUpstreamTLSSettings. */
export function upstreamTls(tls: ClientTls | undefined, host: string, external: boolean, mesh: MeshConfig): UpstreamTls {
  switch (tls?.mode) {
    case 'ISTIO_MUTUAL':
      return { mode: 'istio-mutual' }
    case 'SIMPLE':
    case 'MUTUAL':
      return { mode: tls.mode === 'SIMPLE' ? 'simple' : 'mutual', sni: tls.sni ?? host, insecureSkipVerify: tls.insecureSkipVerify ?? false }
    case 'DISABLE':
      return { mode: 'disable' }
    default:
      return mesh.enableAutoMtls && !external ? { mode: 'auto' } : { mode: 'disable' }
  }
}

/** The fields of a cluster that a policy decides. */
export function clusterPolicy(
  policy: PortPolicy,
  mesh: MeshConfig,
): Pick<Cluster, 'circuitBreaker' | 'connectTimeoutMs' | 'maxRequestsPerConnection' | 'outlierDetection' | 'panicThreshold' | 'loadBalancing'> {
  const pool = policy.connectionPool
  return {
    loadBalancing: loadBalancing(policy.loadBalancer),
    connectTimeoutMs: durationMs(pool?.tcp?.connectTimeout ?? mesh.connectTimeout),
    circuitBreaker: circuitBreaker(pool),
    maxRequestsPerConnection: pool?.http?.maxRequestsPerConnection || null,
    outlierDetection: outlierDetection(policy.outlierDetection),
    // With outlier detection istiod writes minHealthPercent, 0 when unset: no panic. Without it Envoy's 50 stays.
    panicThreshold: policy.outlierDetection ? (policy.outlierDetection.minHealthPercent ?? 0) : 50,
  }
}

import type { CircuitBreaker, Cluster, ConnectionLimits, OutlierDetection } from '../../ir/cluster.ts'
import type { ConnectionPool, OutlierSettings, PortPolicy, RetryBudget, TrafficPolicy } from './destination-rule-types.ts'
import { durationMs } from '../duration.ts'
import { loadBalancing, slowStart } from './load-balancing.ts'
import type { MeshConfig } from '../mesh/mesh-config.ts'

/**
 * The policy for one port. Port-level settings replace the destination's wholesale: what they leave out takes defaults, not the parent's.
 * Source: Istio `pilot/pkg/networking/util` MergeTrafficPolicy, `model.GetPortLevelTrafficPolicy`.
 */
export function portPolicy(policy: TrafficPolicy | undefined, port: number): PortPolicy {
  const own = policy?.portLevelSettings?.find((setting) => setting.port?.number === port)
  return own ?? policy ?? {}
}

/** What the mesh says of pools and outlier detection holds where a rule leaves it open. Source: Istio `core/cluster_traffic_policy.go` applyDefaultTrafficPolicy. */
export function defaultedPolicy(policy: PortPolicy, { defaultTrafficPolicy }: MeshConfig): PortPolicy {
  return { ...defaultTrafficPolicy, ...pick(policy, allFields) }
}

/**
 * A subset's policy goes over the destination's, field by field; its settings for the port replace all that a port can set.
 * Source: Istio `networking/util` MergeSubsetTrafficPolicy, `model.MergeTrafficPolicy`.
 */
export function subsetPolicy(below: PortPolicy, subset: TrafficPolicy | undefined, port: number): PortPolicy {
  const ofPort = subset?.portLevelSettings?.find((setting) => setting.port?.number === port)
  if (ofPort) return { ...pick(ofPort, portFields), ...pick(below, otherFields) }
  return subset ? { ...pick(below, allFields), ...pick(subset, allFields) } : below
}

const portFields = ['connectionPool', 'loadBalancer', 'outlierDetection', 'tls'] as const
const otherFields = ['retryBudget', 'proxyProtocol'] as const
const allFields = [...portFields, ...otherFields]

function pick(policy: PortPolicy, fields: readonly (keyof PortPolicy)[]): PortPolicy {
  return Object.fromEntries(fields.filter((field) => policy[field] !== undefined).map((field) => [field, policy[field]]))
}

const unlimited = 2 ** 32 - 1

/** A 0 counts as unset. Source: Istio `core/cluster_traffic_policy.go` applyConnectionPool. */
function circuitBreaker(pool: ConnectionPool | undefined, budget: RetryBudget | undefined): CircuitBreaker {
  return {
    maxConnections: pool?.tcp?.maxConnections || unlimited,
    maxPendingRequests: pool?.http?.http1MaxPendingRequests || unlimited,
    maxRequests: pool?.http?.http2MaxRequests || unlimited,
    maxRetries: pool?.http?.maxRetries || unlimited,
    retryBudget: budget ? { percent: budget.percent ?? 20, minimum: budget.minRetryConcurrency || 3 } : null,
  }
}

/**
 * Only the counts that are given are enforced, save that Envoy enforces five 5xx in a row where `consecutive5xxErrors` is missing, and five failures of
 * its own where `consecutiveLocalOriginFailures` is missing or 0.
 * Times default as Envoy's: 10 s, 30 s, 10 %. Source: the same file, applyOutlierDetection; Envoy `outlier_detection.proto`.
 */
export function outlierDetection(outlier: OutlierSettings | undefined): OutlierDetection | null {
  if (!outlier) return null
  const { outlierDetectionHttpErrorCodes: errorCodes = [] } = outlier
  const local = outlier.splitExternalLocalOriginErrors ? outlier.consecutiveLocalOriginFailures || 5 : null
  return {
    consecutive5xx: (outlier.consecutive5xxErrors ?? 5) || null,
    consecutiveGatewayFailure: outlier.consecutiveGatewayErrors || null,
    consecutiveLocalOriginFailure: local,
    splitExternalLocalOriginErrors: outlier.splitExternalLocalOriginErrors ?? false,
    intervalMs: outlier.interval ? durationMs(outlier.interval) : 10_000,
    baseEjectionTimeMs: outlier.baseEjectionTime ? durationMs(outlier.baseEjectionTime) : 30_000,
    maxEjectionPercent: outlier.maxEjectionPercent || 10,
    ...(errorCodes.length > 0 && { errorCodes }),
  }
}

/** Envoy's default. */
const idleTimeout = '1h'

/** Source: the same file, applyConnectionPool, applyRetryBudget. */
export function connectionLimits({ connectionPool: pool, retryBudget }: PortPolicy): ConnectionLimits {
  return {
    circuitBreaker: circuitBreaker(pool, retryBudget),
    maxRequestsPerConnection: pool?.http?.maxRequestsPerConnection || null,
    idleTimeoutMs: durationMs(pool?.http?.idleTimeout ?? pool?.tcp?.idleTimeout ?? idleTimeout),
    maxConnectionDurationMs: pool?.tcp?.maxConnectionDuration === undefined ? null : durationMs(pool.tcp.maxConnectionDuration),
    maxConcurrentStreams: pool?.http?.maxConcurrentStreams || null,
  }
}

/** Of connections that istiod passes through. */
const passthroughIdleTimeout = '5m'

/** Of the mesh's pool what limits numbers holds for traffic that is passed on unread. Source: Istio `core/cluster_builder.go` buildDefaultPassthroughCluster. */
export function passthroughLimits({ defaultTrafficPolicy: { connectionPool } }: MeshConfig): ConnectionLimits {
  return { ...connectionLimits({}), circuitBreaker: circuitBreaker(connectionPool, undefined), idleTimeoutMs: durationMs(passthroughIdleTimeout) }
}

/** The fields of a cluster that a policy decides. */
export type Decided = ConnectionLimits & Pick<Cluster, 'connectTimeoutMs' | 'loadBalancing' | 'outlierDetection' | 'panicThreshold' | 'slowStart'>

export function clusterPolicy(policy: PortPolicy, mesh: MeshConfig): Decided {
  return {
    loadBalancing: loadBalancing(policy.loadBalancer),
    slowStart: slowStart(policy.loadBalancer),
    connectTimeoutMs: durationMs(policy.connectionPool?.tcp?.connectTimeout ?? mesh.connectTimeout),
    ...connectionLimits(policy),
    outlierDetection: outlierDetection(policy.outlierDetection),
    // Since istiod tells of endpoints that are not ready, panic would send to them.
    panicThreshold: policy.outlierDetection?.minHealthPercent ?? 0,
  }
}

import type { Origin } from './origin.ts'
import type { OriginatedTls } from './tls.ts'

/** A workload instance that can be reached. Source: Envoy `LbEndpoint`, Istio `IstioEndpoint`. */
export interface Endpoint {
  /** IP address, or a DNS name for `strict-dns` clusters. */
  readonly address: string
  readonly port: number
  readonly workload: WorkloadRef
  readonly labels: Readonly<Record<string, string>>
  /** `region/zone/subzone`; `''` when unknown. */
  readonly locality: string
  readonly weight: number
  /** Ready, as Kubernetes sees it. istiod tells of others, too, so that proxies know how much of a service is there. */
  readonly healthy: boolean
  /** The workload's sidecar takes mutual TLS (it is injected), so that auto mTLS applies. */
  readonly tlsMode: 'istio' | 'disabled'
  /** By which DNS knows it below its service, where an EndpointSlice says so. */
  readonly hostname?: string
  /** That an entry says its machine runs as; pods have theirs. */
  readonly serviceAccount?: string
}

/** Names one workload; `instance` is the pod, of which a workload may have several. */
export interface WorkloadRef {
  readonly namespace: string
  /** Of the Deployment, e.g. `reviews-v2`. */
  readonly name: string
  /** Of the pod, e.g. `reviews-v2-0`; unique in the namespace. */
  readonly instance: string
}

export type LoadBalancing =
  | { readonly kind: 'LEAST_REQUEST'; readonly choiceCount: number }
  | { readonly kind: 'ROUND_ROBIN' }
  | { readonly kind: 'RANDOM' }
  | { readonly kind: 'RING_HASH'; readonly minimumRingSize: number; readonly maximumRingSize: number }
  | { readonly kind: 'MAGLEV'; readonly tableSize: number }
  /** To the address that the client dialled. */
  | { readonly kind: 'ORIGINAL_DST' }

/** New hosts get their share by and by. Source: Envoy `SlowStartConfig`. */
export interface SlowStart {
  readonly windowMs: number
  /** 1 grows evenly, more grows faster at first. */
  readonly aggression: number
  /** What a host gets at least, in percent of its weight. */
  readonly minimumPercent: number
}

/** Upper bounds; Istio's default is 2^32 - 1. Source: Envoy `CircuitBreakers.Thresholds`. */
export interface CircuitBreaker {
  readonly maxConnections: number
  readonly maxPendingRequests: number
  readonly maxRequests: number
  readonly maxRetries: number
  /** Bounds retries by what is under way, in place of `maxRetries`. Source: Envoy `RetryBudget`. */
  readonly retryBudget: { readonly percent: number; readonly minimum: number } | null
}

/** Endpoints of one place that are used alike. Source: Envoy `LocalityLbEndpoints`. */
export interface LocalityGroup {
  /** `region/zone/subzone`; `''` when unknown. */
  readonly locality: string
  /** 0 is used first. */
  readonly priority: number
  readonly weight: number
  readonly endpoints: readonly Endpoint[]
}

/** Where endpoints are counts for this proxy. */
export interface LocalityBalancing {
  /** Weights of the groups of one priority act. Envoy `locality_weighted_lb_config`. */
  readonly weighted: boolean
  readonly groups: readonly LocalityGroup[]
}

/** Judges hosts by the rates at which they answer in an interval, beside one another. Source: Envoy `success_rate_*`. */
export interface SuccessRule {
  readonly minimumHosts: number
  readonly requestVolume: number
  /** In thousandths of the standard deviation. */
  readonly stdevFactor: number
}

/** Judges each by the share of what fails. Source: Envoy `failure_percentage_*`. */
export interface FailureRule {
  readonly threshold: number
  readonly minimumHosts: number
  readonly requestVolume: number
}

/** `null` is not enforced; `local` are failures of connections where these count apart. */
export interface OutlierRates {
  readonly success: SuccessRule | null
  readonly localSuccess: SuccessRule | null
  readonly failure: FailureRule | null
  readonly localFailure: FailureRule | null
}

/** Source: Envoy `OutlierDetection`. `null` counts are not enforced. */
export interface OutlierDetection {
  readonly consecutive5xx: number | null
  readonly consecutiveGatewayFailure: number | null
  readonly consecutiveLocalOriginFailure: number | null
  readonly splitExternalLocalOriginErrors: boolean
  readonly intervalMs: number
  readonly baseEjectionTimeMs: number
  readonly maxEjectionPercent: number
  /** Absent: istiod has none enforced. */
  readonly rates?: OutlierRates
  /** Answers that are failures, and no others; without them those of 500 and above. Envoy `HttpProtocolOptions.outlier_detection.error_matcher`. */
  readonly errorCodes?: readonly number[]
}

/** Source: Envoy `Cluster` with its `ClusterLoadAssignment`. */
export interface Cluster {
  /** `outbound|9080|v2|reviews.default.svc.cluster.local`, `PassthroughCluster`, … */
  readonly name: string
  /** FQDN, port and subset that the name is made of; `null` for special clusters. */
  readonly destination: { readonly host: string; readonly port: number; readonly subset: string } | null
  /** `dynamic-dns`: the name in Host is resolved anew for each request (Envoy's dynamic forward proxy). */
  readonly discovery: 'eds' | 'static' | 'strict-dns' | 'logical-dns' | 'dynamic-dns' | 'original-dst'
  /** Of `original-dst` and `dynamic-dns`: goes before the port that was dialled; `null` for none. Envoy `upstream_port_override`. */
  readonly portOverride: number | null
  readonly endpoints: readonly Endpoint[]
  /** Of a subset that keeps destinations: those of the whole service, any of which may be where somebody has dialled. */
  readonly siblings?: readonly Endpoint[]
  /** The same endpoints by where they are; `null` where that does not count. */
  readonly localities: LocalityBalancing | null
  readonly loadBalancing: LoadBalancing
  /** Of LEAST_REQUEST and ROUND_ROBIN; `null` for none. */
  readonly slowStart: SlowStart | null
  readonly connectTimeoutMs: number
  readonly circuitBreaker: CircuitBreaker
  /** `max_requests_per_connection`; `null` for no limit. */
  readonly maxRequestsPerConnection: number | null
  /** How long a connection without requests is kept. Envoy's default is an hour. */
  readonly idleTimeoutMs: number
  /** How long a connection takes requests; one that is under way then ends in its own time. `null` for ever. Envoy `max_connection_duration`. */
  readonly maxConnectionDurationMs: number | null
  /** So many requests share a connection of HTTP/2 at once; `null` for any number. Envoy `Http2ProtocolOptions.max_concurrent_streams`. */
  readonly maxConcurrentStreams: number | null
  readonly outlierDetection: OutlierDetection | null
  /** Percentage of healthy endpoints below which all are used; 0 never. Envoy `healthy_panic_threshold`. */
  readonly panicThreshold: number
  /** Which version of HTTP is spoken there. */
  readonly http: UpstreamHttp
  /** Connections begin with a header of the PROXY protocol, in front of all else. Envoy `ProxyProtocolUpstreamTransport`. */
  readonly proxyProtocol?: 'V1' | 'V2'
  /** How the connection is secured. `auto`: mutual TLS to endpoints whose `tlsMode` is `istio`, plaintext to others (Istio auto mTLS). */
  readonly tls: UpstreamTls
  /** The DestinationRule, or the Service. */
  readonly origin: Origin
}

/** What one proxy may have under way towards a cluster, and for how long it keeps connections. */
export type ConnectionLimits = Pick<
  Cluster,
  'circuitBreaker' | 'maxRequestsPerConnection' | 'idleTimeoutMs' | 'maxConnectionDurationMs' | 'maxConcurrentStreams'
>

/** A version of HTTP, or whichever the client speaks. Source: Envoy `HttpProtocolOptions`, `explicit_http_config` and `use_downstream_protocol_config`. */
export type UpstreamHttp = 'http1' | 'http2' | 'client'

export type UpstreamTls =
  | { readonly mode: 'auto' }
  | { readonly mode: 'disable' }
  /** Mutual TLS of the mesh. `null`: the name of the cluster; the identities behind it. */
  | { readonly mode: 'istio-mutual'; readonly sni: string | null; readonly subjectAltNames: readonly string[] | null }
  /** The application at the other end speaks TLS by itself. */
  | ({ readonly mode: 'originate' } & OriginatedTls)

/**
 * `reviews.default.svc.cluster.local` of `outbound|9080|v2|reviews.default.svc.cluster.local`; `null` for a cluster that is no service's, such as
 * `PassthroughCluster`. Source: Istio `pkg/model/service.go` BuildSubsetKey.
 */
export function hostOfCluster(cluster: string): string | null {
  return cluster.split('|')[3] || null
}

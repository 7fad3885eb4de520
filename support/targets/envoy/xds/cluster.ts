import type { Cluster, ConnectionLimits, OutlierDetection, OutlierRates, SlowStart, UpstreamHttp } from '../../../../mesh-core/ir/cluster.ts'
import { endpointsByLocality } from './endpoint.ts'
import { duration, given, optional, typed } from './json.ts'
import type { Json } from './json.ts'
import { perRequest } from './originated-tls.ts'
import type { Landing, Placement } from './placement.ts'
import { nameInMesh } from './without-lookup.ts'

/** Source: Envoy `Cluster`, with the fields that istiod sets. */
export function cluster(config: Cluster, placement: Placement): Json {
  const name = placement.cluster(config.name)
  return typed('envoy.config.cluster.v3.Cluster', {
    name,
    alt_stat_name: statName(config.name),
    ...discovery(config, name, placement),
    connect_timeout: duration(config.connectTimeoutMs),
    ...(placement.isDialled && config.discovery === 'original-dst' ? {} : loadBalancing(config)),
    ...circuitBreakers(config),
    ...protocolOptions(config, {
      perConnection: config.tls.mode === 'originate' ? perRequest(config.tls) : null,
      errorCodes: config.outlierDetection?.errorCodes,
    }),
    ...optional('outlier_detection', config.outlierDetection && outlierDetection(config.outlierDetection)),
    common_lb_config: {
      healthy_panic_threshold: { value: config.panicThreshold },
      ...(config.localities?.weighted ? { locality_weighted_lb_config: {} } : {}),
    },
    ...placement.formats.ofCluster(config.name),
    ...placement.transportSocket(config),
  })
}

/** What Envoy calls the cluster in its log and in `%UPSTREAM_CLUSTER%`; istiod ends it with a mark for its metrics. */
export function statName(name: string): string {
  return `${nameInMesh(name)};`
}

function discovery(config: Cluster, name: string, placement: Placement): Json {
  // The header that a client of the gateway begins with, to say who it is, looks to Envoy like a destination that was restored.
  if (config.discovery === 'original-dst' && placement.isDialled) return { type: 'STATIC' }
  if (config.discovery === 'original-dst' || config.discovery === 'dynamic-dns') {
    const destination = {
      ...placement.originalDestination?.(landingOf(config)),
      ...optional('upstream_port_override', placement.originalDestination ? null : config.portOverride),
    }
    return { type: 'ORIGINAL_DST', ...given('original_dst_lb_config', destination) }
  }
  const source = config.discovery === 'eds' ? placement.endpointSource(config) : null
  if (source) return { type: 'EDS', eds_cluster_config: { eds_config: source, service_name: name } }
  const loadAssignment = { load_assignment: { cluster_name: name, endpoints: endpointsByLocality(config, placement) } }
  return { type: placement.resolves ? kinds[config.discovery] : 'STATIC', ...loadAssignment }
}

/** Of a cluster without endpoints. */
export function landingOf({ discovery: kind, portOverride, tls, destination }: Cluster): Landing {
  if (kind !== 'dynamic-dns') return { by: 'destination', portOverride, defaultPort: 80, isUnknown: false }
  // TLS that is inferred is for endpoints that are known.
  const isSecured = tls.mode === 'originate' || tls.mode === 'istio-mutual'
  return { by: 'host', portOverride, defaultPort: isSecured ? 443 : 80, isUnknown: destination === null }
}

const kinds = { eds: 'EDS', static: 'STATIC', 'strict-dns': 'STRICT_DNS', 'logical-dns': 'LOGICAL_DNS' } as const

function loadBalancing({ loadBalancing: policy, slowStart, discovery: kind }: Cluster): Json {
  if (kind === 'dynamic-dns') return { lb_policy: 'CLUSTER_PROVIDED' }
  switch (policy.kind) {
    case 'LEAST_REQUEST': {
      const options = { ...(policy.choiceCount === 2 ? {} : { choice_count: policy.choiceCount }), ...warmUp(slowStart) }
      return { lb_policy: policy.kind, ...given('least_request_lb_config', options) }
    }
    case 'ROUND_ROBIN':
      return { lb_policy: policy.kind, ...given('round_robin_lb_config', warmUp(slowStart)) }
    case 'RANDOM':
      return { lb_policy: policy.kind }
    case 'RING_HASH': {
      const { minimumRingSize, maximumRingSize } = policy
      return { lb_policy: policy.kind, ring_hash_lb_config: { minimum_ring_size: minimumRingSize, maximum_ring_size: maximumRingSize } }
    }
    case 'MAGLEV':
      return { lb_policy: policy.kind, maglev_lb_config: { table_size: policy.tableSize } }
    case 'ORIGINAL_DST':
      return { lb_policy: 'CLUSTER_PROVIDED' }
  }
}

function warmUp(slowStart: SlowStart | null): Json {
  if (!slowStart) return {}
  const { windowMs, aggression, minimumPercent } = slowStart
  return {
    slow_start_config: {
      slow_start_window: duration(windowMs),
      // Envoy wants a key by which the value could be changed at run time.
      aggression: { default_value: aggression, runtime_key: 'meshspec.slow_start.aggression' },
      min_weight_percent: { value: minimumPercent },
    },
  }
}

/** Envoy's own limits are never left to act: istiod names all of them. */
export function circuitBreakers({ circuitBreaker }: ConnectionLimits): Json {
  const { maxConnections, maxPendingRequests, maxRequests, maxRetries, retryBudget } = circuitBreaker
  const thresholds = {
    max_connections: maxConnections,
    max_pending_requests: maxPendingRequests,
    max_requests: maxRequests,
    max_retries: maxRetries,
    ...optional('retry_budget', retryBudget && { budget_percent: { value: retryBudget.percent }, min_retry_concurrency: retryBudget.minimum }),
  }
  return { circuit_breakers: { thresholds: [thresholds] } }
}

/** Envoy's own. */
const idleTimeoutMs = 3_600_000

interface FurtherOptions {
  /** What else is said of requests to the hosts of the cluster. */
  readonly perConnection?: Json | null
  /** Answers that speak against a host. */
  readonly errorCodes?: readonly number[] | undefined
}

export function protocolOptions(
  config: ConnectionLimits & Pick<Cluster, 'http'>,
  { perConnection = null, errorCodes = [] }: FurtherOptions = {},
): Json {
  const common = {
    ...optional('max_requests_per_connection', config.maxRequestsPerConnection),
    ...(config.idleTimeoutMs === idleTimeoutMs ? {} : { idle_timeout: duration(config.idleTimeoutMs) }),
    ...optional('max_connection_duration', config.maxConnectionDurationMs === null ? null : duration(config.maxConnectionDurationMs)),
  }
  if (Object.keys(common).length === 0 && !perConnection && errorCodes.length === 0 && config.http === 'http1') return {}
  const options = {
    ...given('common_http_protocol_options', common),
    ...optional('upstream_http_protocol_options', perConnection),
    ...(errorCodes.length > 0 && { outlier_detection: { error_matcher: anyStatusOf(errorCodes) } }),
  }
  // istiod leaves streams alone where the client's version decides.
  if (config.http === 'http2' && config.maxConcurrentStreams !== null)
    return httpProtocolOptions('http2', {
      ...options,
      explicit_http_config: { http2_protocol_options: { max_concurrent_streams: config.maxConcurrentStreams } },
    })
  return httpProtocolOptions(config.http, options)
}

/** Several are needed for one of several. */
function anyStatusOf([first, ...others]: readonly number[]): Json {
  const one = (status: number | undefined): Json => ({
    http_response_headers_match: { headers: [{ name: ':status', string_match: { exact: String(status) } }] },
  })
  return others.length === 0 ? one(first) : { or_match: { rules: [first, ...others].map(one) } }
}

/** Envoy's own choice is HTTP/1.1. */
function httpProtocolOptions(http: UpstreamHttp, common: Json = {}): Json {
  const type = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
  return { typed_extension_protocol_options: { [type]: typed(type, { ...versions[http], ...common }) } }
}

const versions: Readonly<Record<UpstreamHttp, Json>> = {
  http1: { explicit_http_config: { http_protocol_options: {} } },
  http2: { explicit_http_config: { http2_protocol_options: {} } },
  client: { use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} } },
}

/** istiod names what is enforced: Envoy's own defaults would enforce more. */
function outlierDetection(detection: OutlierDetection): Json {
  const count = (field: string, value: number | null) => ({
    ...optional(field, value),
    [`enforcing_${field}`]: value === null ? 0 : 100,
  })
  return {
    ...count('consecutive_5xx', detection.consecutive5xx),
    ...count('consecutive_gateway_failure', detection.consecutiveGatewayFailure),
    ...(detection.splitExternalLocalOriginErrors ? count('consecutive_local_origin_failure', detection.consecutiveLocalOriginFailure) : {}),
    ...judgedByRates(detection.rates),
    split_external_local_origin_errors: detection.splitExternalLocalOriginErrors,
    interval: duration(detection.intervalMs),
    base_ejection_time: duration(detection.baseEjectionTimeMs),
    max_ejection_percent: detection.maxEjectionPercent,
  }
}

/** One set of numbers is for answers and for connections. */
function judgedByRates({ success = null, localSuccess = null, failure = null, localFailure = null }: Partial<OutlierRates> = {}): Json {
  const bySuccess = success ?? localSuccess
  const byFailure = failure ?? localFailure
  return {
    enforcing_success_rate: success ? 100 : 0,
    enforcing_local_origin_success_rate: localSuccess ? 100 : 0,
    enforcing_failure_percentage: failure ? 100 : 0,
    enforcing_failure_percentage_local_origin: localFailure ? 100 : 0,
    ...(bySuccess && {
      success_rate_minimum_hosts: bySuccess.minimumHosts,
      success_rate_request_volume: bySuccess.requestVolume,
      success_rate_stdev_factor: bySuccess.stdevFactor,
    }),
    ...(byFailure && {
      failure_percentage_threshold: byFailure.threshold,
      failure_percentage_minimum_hosts: byFailure.minimumHosts,
      failure_percentage_request_volume: byFailure.requestVolume,
    }),
  }
}

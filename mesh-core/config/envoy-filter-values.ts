import { told } from './envoy-filter-http-filters.ts'
import { headerMatch, option } from './envoy-filter-matchers.ts'
import { level, ofHost, ofTelemetry, outer, requireTls, route } from './envoy-filter-route-values.ts'
import { localReplyConfig } from './local-reply-values.ts'
import { bothSpellings, fields, type Modelled } from './modelled-table.ts'

/** In which case names of headers are written, which is the same to whoever reads them. */
const names: Record<string, Modelled> = { headerKeyFormat: 'quiet' }

// Names are not looked up and connections not slow here, and nothing is so large that a buffer is full.
const upstreamOptions: Modelled = {
  '@type': 'quiet',
  commonHttpProtocolOptions: { ...fields('maxRequestsPerConnection maxConnectionDuration'), idleTimeout: /[1-9]/ },
  explicitHttpConfig: { httpProtocolOptions: names, http2ProtocolOptions: fields('maxConcurrentStreams') },
  useDownstreamProtocolConfig: { httpProtocolOptions: names, http2ProtocolOptions: {} },
}
export const upstreamOptionsName = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

const cluster = {
  http2ProtocolOptions: {},
  maxRequestsPerConnection: 'acts',
  ...fields('connectTimeout dnsLookupFamily dnsRefreshRate respectDnsTtl perConnectionBufferLimitBytes', 'quiet'),
  upstreamConnectionOptions: { tcpKeepalive: 'quiet' },
  // They stand behind those that istiod writes for every cluster, of which the first count.
  circuitBreakers: { thresholds: 'quiet' },
  // What is counted, and what operators of header values that are not modelled would tell.
  ...fields('metadata altStatName trackClusterStats', 'quiet'),
} satisfies Modelled

const lbPolicy: Modelled = new Set(['ROUND_ROBIN', 'LEAST_REQUEST', 'RING_HASH', 'RANDOM', 'MAGLEV'])

const allOrNone: Modelled = new Set(['0', '100'])

const outlierDetection: Modelled = {
  ...fields('consecutive5xx consecutiveGatewayFailure consecutiveLocalOriginFailure splitExternalLocalOriginErrors'),
  ...fields('interval baseEjectionTime maxEjectionPercent'),
  ...{ enforcingConsecutive5xx: allOrNone, enforcingConsecutiveGatewayFailure: allOrNone, enforcingConsecutiveLocalOriginFailure: allOrNone },
  ...fields('successRateMinimumHosts successRateRequestVolume successRateStdevFactor'),
  ...fields('failurePercentageThreshold failurePercentageMinimumHosts failurePercentageRequestVolume'),
  ...{ enforcingSuccessRate: allOrNone, enforcingLocalOriginSuccessRate: allOrNone },
  ...{ enforcingFailurePercentage: allOrNone, enforcingFailurePercentageLocalOrigin: allOrNone },
}

const connectionManagerType = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'
export const connectionManagerName = 'envoy.filters.network.http_connection_manager'

const escapedSlashes: Modelled = new Set([
  ...['IMPLEMENTATION_SPECIFIC_DEFAULT', 'KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD'],
  ...['0', '1', '2', '3', '4'],
])

/** What proxies add to each other's requests for telemetry, and its headers, are not counted here. */
const commonInbound = {
  headersWithUnderscoresAction: new Set(['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER']),
  ...fields('maxStreamDuration maxRequestsPerConnection maxConnectionDuration'),
  ...fields('idleTimeout', 'quiet'),
} satisfies Modelled

const connectionManager = {
  name: new Set([connectionManagerName]),
  typedConfig: {
    '@type': new Set([connectionManagerType]),
    ...fields('xffNumTrustedHops serverName generateRequestId appendXForwardedPort append_x_forwarded_port forwardClientCertDetails'),
    normalizePath: new Set(['true']),
    ...fields('mergeSlashes via skipXffAppend'),
    pathWithEscapedSlashesAction: escapedSlashes,
    localReplyConfig: localReplyConfig(headerMatch, option),
    serverHeaderTransformation: new Set(['OVERWRITE', 'APPEND_IF_ABSENT', 'PASS_THROUGH']),
    ...fields('stripAnyHostPort stripMatchingHostPort stripTrailingHostDot preserveExternalRequestId maxRequestHeadersKb streamIdleTimeout'),
    alwaysSetRequestIdInResponse: 'acts',
    setCurrentClientCertDetails: fields('subject uri dns'),
    upgradeConfigs: { upgradeType: /^websocket$/i, enabled: 'quiet' },
    // What is logged, counted and traced, how long connections without requests are kept, and how long a client may take to send a request: it comes at once here.
    ...fields('accessLog accessLogOptions statPrefix tracing drainTimeout delayedCloseTimeout requestTimeout requestHeadersTimeout', 'quiet'),
    commonHttpProtocolOptions: { ...commonInbound, maxHeadersCount: 'acts' },
    httpProtocolOptions: { ...names, acceptHttp10: 'acts', accept_http_10: 'acts' },
    // Nothing is so large, and no connection has so many requests, that a window is full.
    http2ProtocolOptions: fields('initialStreamWindowSize initialConnectionWindowSize maxConcurrentStreams connectionKeepalive', 'quiet'),
  },
} satisfies Modelled

export const tcpProxyName = 'envoy.filters.network.tcp_proxy'

/** Of sidecars on the way out, and of gateways. */
export const tcpProxy = bothSpellings({
  name: new Set([tcpProxyName]),
  typedConfig: {
    '@type': new Set(['type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy']),
    idleTimeout: 'acts',
    maxDownstreamConnectionDuration: /[1-9]/,
    ...fields('accessLog accessLogOptions statPrefix', 'quiet'),
  },
})

/** Of sidecars on the way out, and of gateways: to a workload other proxies keep connections. */
const connectionLimit = bothSpellings({
  name: 'quiet',
  typedConfig: told('type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit', {
    ...fields('statPrefix maxConnections delay'),
    runtimeEnabled: { defaultValue: 'acts', runtimeKey: 'quiet' },
  }),
})

/** How much is held back in buffers changes no answer, nor does how sockets are set up. */
const ofSockets = fields('perConnectionBufferLimitBytes tcpBacklogSize enableReusePort socketOptions', 'quiet')

/** By what a patch is applied to, and how. Values of those that have no entry are not looked into: nothing of them acts. */
const values: Readonly<Record<string, Modelled>> = Object.fromEntries(
  Object.entries({
    'ROUTE_CONFIGURATION MERGE': { ...outer, mostSpecificHeaderMutationsWins: 'acts' },
    'VIRTUAL_HOST MERGE': ofHost,
    'VIRTUAL_HOST ADD': { ...ofHost, name: 'acts' },
    'VIRTUAL_HOST REMOVE': 'quiet',
    'HTTP_ROUTE MERGE': route,
    'HTTP_ROUTE REMOVE': 'quiet',
    'CLUSTER MERGE': {
      ...{ ...cluster, typedExtensionProtocolOptions: { [upstreamOptionsName]: upstreamOptions } },
      lbPolicy,
      ringHashLbConfig: { ...fields('minimumRingSize maximumRingSize'), hashFunction: new Set(['XX_HASH', '0']) },
      leastRequestLbConfig: fields('choiceCount'),
      commonLbConfig: { healthyPanicThreshold: fields('value') },
      outlierDetection,
    },
    'CLUSTER REMOVE': 'quiet',
    'NETWORK_FILTER MERGE': connectionManager,
    ...Object.fromEntries(
      ['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'].map((operation) => [`NETWORK_FILTER ${operation}`, connectionLimit]),
    ),
    'LISTENER MERGE': ofSockets,
    // What a proxy counts, which it is started with; and what no filter is until one refers to it.
    'BOOTSTRAP MERGE': fields('statsConfig statsFlushInterval statsSinks', 'quiet'),
    'EXTENSION_CONFIG ADD': 'quiet',
    ...Object.fromEntries(['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'].map((operation) => [`HTTP_ROUTE ${operation}`, route])),
  } satisfies Record<string, Modelled>).map(([key, table]) => [key, bothSpellings(table)]),
)

/** These act towards a sidecar's own workload, too, where there is one route for all: of it headers alone can be changed here, and that its host wants TLS. */
const inbound: Readonly<Record<string, Modelled>> = {
  'ROUTE_CONFIGURATION MERGE': bothSpellings({ ...level, mostSpecificHeaderMutationsWins: 'acts' }),
  'HTTP_ROUTE MERGE': bothSpellings({ ...level, ...ofTelemetry }),
  'VIRTUAL_HOST MERGE': bothSpellings({ ...level, requireTls }),
  'CLUSTER MERGE': bothSpellings({ ...cluster, lbPolicy }),
  ...Object.fromEntries(['LISTENER MERGE', 'BOOTSTRAP MERGE', 'EXTENSION_CONFIG ADD'].map((key) => [key, values[key]!])),
  'NETWORK_FILTER MERGE': bothSpellings({
    ...connectionManager,
    typedConfig: { ...connectionManager.typedConfig, commonHttpProtocolOptions: commonInbound },
  }),
}
const notInbound: ReadonlySet<string | undefined> = new Set(['SIDECAR_OUTBOUND', 'GATEWAY'])

/** Of listeners what gateways are told of those that stand before them. */
const listener: Modelled = {
  listenerFilters: {
    name: new Set(['envoy.filters.listener.proxy_protocol', 'proxy_protocol']),
    typedConfig: { '@type': new Set(['type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol']) },
  },
  ...ofSockets,
}

/** Gateways look at the connection for who the client is, and tell all of its certificate, as istiod has it; `false` merged into that says nothing. */
const ofEdge = { useRemoteAddress: 'quiet', setCurrentClientCertDetails: fields('subject uri dns cert', 'quiet') } satisfies Modelled
const ofGateways: Readonly<Record<string, Modelled>> = {
  ...values,
  'LISTENER MERGE': bothSpellings(listener),
  'NETWORK_FILTER MERGE': bothSpellings({ ...connectionManager, typedConfig: { ...connectionManager.typedConfig, ...ofEdge } }),
}

/** By what a patch is applied to, and how: see `values`. */
export function tablesOf(context: string | undefined): Readonly<Record<string, Modelled>> {
  if (context === 'GATEWAY') return ofGateways
  return notInbound.has(context) ? values : inbound
}

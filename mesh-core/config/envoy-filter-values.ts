import { localReplyConfig } from './local-reply-values.ts'
import { bothSpellings, fields, type Modelled } from './modelled-table.ts'

const option: Modelled = {
  header: fields('key value'),
  append: 'acts',
  appendAction: new Set(['APPEND_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS_OR_ADD']),
}
const headers: Record<string, Modelled> = {
  ...{ requestHeadersToAdd: option, responseHeadersToAdd: option },
  ...fields('requestHeadersToRemove responseHeadersToRemove'),
}

export const rateLimitName = 'envoy.filters.http.local_ratelimit'
const share: Modelled = { defaultValue: { numerator: 'acts', denominator: new Set(['HUNDRED', 'TEN_THOUSAND', 'MILLION']) }, runtimeKey: 'quiet' }

export const rateLimitType = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit'
export const rateLimit = bothSpellings({
  '@type': 'quiet',
  tokenBucket: fields('maxTokens tokensPerFill fillInterval'),
  filterEnabled: share,
  filterEnforced: share,
  responseHeadersToAdd: option,
  status: { code: 'acts' },
  statPrefix: 'quiet',
}) as { readonly [field: string]: Modelled }

const regex: Modelled = { regex: 'acts', googleRe2: 'quiet' }
const ofRoute: Modelled = {
  [rateLimitName]: {
    ...rateLimit,
    '@type': new Set([rateLimitType, 'type.googleapis.com/udpa.type.v1.TypedStruct', 'type.googleapis.com/xds.type.v3.TypedStruct']),
    typeUrl: new Set([rateLimitType]),
    value: rateLimit,
  },
}
const text: Modelled = { ...fields('exact prefix suffix contains ignoreCase'), safeRegex: regex }
export const corsName = 'envoy.filters.http.cors'
const whole: Modelled = { defaultValue: { numerator: new Set(['100']), denominator: new Set(['HUNDRED']) }, runtimeKey: 'quiet' }
const cors: Modelled = {
  '@type': new Set(['type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy']),
  allowOriginStringMatch: text,
  ...fields('allowMethods allowHeaders exposeHeaders maxAge allowCredentials forwardNotMatchingPreflights'),
  filterEnabled: whole,
  shadowEnabled: 'quiet',
}
const level = { ...headers, typedPerFilterConfig: ofRoute } satisfies Modelled
const outer = { ...headers, typedPerFilterConfig: { ...ofRoute, [corsName]: cors } } satisfies Modelled
const regexRewrite: Modelled = { pattern: regex, substitution: 'acts' }

const headerMatch: Modelled = {
  ...fields('name invertMatch presentMatch exactMatch prefixMatch suffixMatch containsMatch'),
  stringMatch: text,
  safeRegexMatch: regex,
}
const routeMatch: Modelled = {
  ...fields('prefix path pathSeparatedPrefix caseSensitive'),
  grpc: {},
  safeRegex: regex,
  headers: headerMatch,
  queryParameters: { name: 'acts', stringMatch: text },
}

const retryPolicy: Modelled = fields('retryOn numRetries perTryTimeout retriableStatusCodes')

const merged = {
  ...outer,
  name: 'acts',
  match: routeMatch,
  route: {
    ...fields('cluster clusterHeader timeout idleTimeout prefixRewrite appendXForwardedHost append_x_forwarded_host'),
    ...fields('hostRewriteLiteral hostRewriteHeader autoHostRewrite'),
    hostRewritePathRegex: regexRewrite,
    maxStreamDuration: fields('maxStreamDuration grpcTimeoutHeaderMax grpcTimeoutHeaderOffset'),
    weightedClusters: { clusters: { ...headers, ...fields('name weight hostRewriteLiteral') }, totalWeight: 'quiet' },
    requestMirrorPolicies: {
      ...fields('cluster disableShadowHostSuffixAppend'),
      runtimeFraction: share,
      traceSampled: 'quiet',
    },
    clusterNotFoundResponseCode: 'acts',
    regexRewrite,
    retryPolicy,
  },
} satisfies Modelled
const requireTls: Modelled = new Set(['NONE', 'EXTERNAL_ONLY', 'ALL'])

const made: Modelled = {
  ...merged,
  redirect: fields('httpsRedirect schemeRedirect hostRedirect portRedirect pathRedirect prefixRewrite responseCode'),
  directResponse: { status: 'acts', body: fields('inlineString inlineBytes') },
}

const ofHost = {
  ...{ ...outer, requireTls, routes: made, retryPolicy },
  ...fields('domains includeRequestAttemptCount includeAttemptCountInResponse'),
} satisfies Modelled

// Names are not looked up and connections not slow here, and nothing is so large that a buffer is full.
const upstreamOptions: Modelled = {
  '@type': 'quiet',
  commonHttpProtocolOptions: { ...fields('maxRequestsPerConnection maxConnectionDuration'), idleTimeout: /[1-9]/ },
  explicitHttpConfig: { httpProtocolOptions: {}, http2ProtocolOptions: fields('maxConcurrentStreams') },
  useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} },
}
export const upstreamOptionsName = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'

const cluster = {
  http2ProtocolOptions: {},
  maxRequestsPerConnection: 'acts',
  ...fields('connectTimeout dnsLookupFamily dnsRefreshRate respectDnsTtl perConnectionBufferLimitBytes', 'quiet'),
  upstreamConnectionOptions: { tcpKeepalive: 'quiet' },
} satisfies Modelled

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
    serverHeaderTransformation: new Set(['OVERWRITE', 'PASS_THROUGH']),
    ...fields('stripAnyHostPort stripMatchingHostPort stripTrailingHostDot preserveExternalRequestId maxRequestHeadersKb streamIdleTimeout'),
    // What is logged, counted and traced, how long connections without requests are kept, and how long a client may take to send a request: it comes at once here.
    ...fields('accessLog accessLogOptions statPrefix tracing drainTimeout delayedCloseTimeout requestTimeout requestHeadersTimeout', 'quiet'),
    commonHttpProtocolOptions: { ...commonInbound, maxHeadersCount: 'acts' },
    httpProtocolOptions: { acceptHttp10: 'acts', accept_http_10: 'acts' },
    // Nothing is so large, and no connection has so many requests, that a window is full.
    http2ProtocolOptions: fields('initialStreamWindowSize initialConnectionWindowSize', 'quiet'),
  },
} satisfies Modelled

/** By what a patch is applied to, and how. Values of those that have no entry are not looked into: nothing of them acts. */
const values: Readonly<Record<string, Modelled>> = Object.fromEntries(
  Object.entries({
    'ROUTE_CONFIGURATION MERGE': outer,
    'VIRTUAL_HOST MERGE': ofHost,
    'VIRTUAL_HOST ADD': { ...ofHost, name: 'acts' },
    'VIRTUAL_HOST REMOVE': 'quiet',
    'HTTP_ROUTE MERGE': merged,
    'HTTP_ROUTE REMOVE': 'quiet',
    'CLUSTER MERGE': { ...cluster, typedExtensionProtocolOptions: { [upstreamOptionsName]: upstreamOptions } },
    'CLUSTER REMOVE': 'quiet',
    'NETWORK_FILTER MERGE': connectionManager,
    ...Object.fromEntries(['ADD', 'INSERT_FIRST', 'INSERT_BEFORE', 'INSERT_AFTER'].map((operation) => [`HTTP_ROUTE ${operation}`, made])),
  } satisfies Record<string, Modelled>).map(([key, table]) => [key, bothSpellings(table)]),
)

/** These act towards a sidecar's own workload, too, where there is one route for all: of it headers alone can be changed here, and that its host wants TLS. */
const inbound: Readonly<Record<string, Modelled>> = {
  ...Object.fromEntries(['ROUTE_CONFIGURATION', 'HTTP_ROUTE'].map((applyTo) => [`${applyTo} MERGE`, bothSpellings(level)])),
  'VIRTUAL_HOST MERGE': bothSpellings({ ...level, requireTls }),
  'CLUSTER MERGE': bothSpellings(cluster),
  'NETWORK_FILTER MERGE': bothSpellings({
    ...connectionManager,
    typedConfig: { ...connectionManager.typedConfig, commonHttpProtocolOptions: commonInbound },
  }),
}
const notInbound: ReadonlySet<string | undefined> = new Set(['SIDECAR_OUTBOUND', 'GATEWAY'])

/** Of listeners what gateways are told of those that stand before them. How much is held back in buffers changes no answer. */
const listener: Modelled = {
  listenerFilters: {
    name: new Set(['envoy.filters.listener.proxy_protocol', 'proxy_protocol']),
    typedConfig: { '@type': new Set(['type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol']) },
  },
  ...fields('perConnectionBufferLimitBytes tcpBacklogSize enableReusePort', 'quiet'),
}

/** Gateways look at the connection for who the client is, as istiod has it, and `false` merged into that says nothing. */
const ofGateways: Readonly<Record<string, Modelled>> = {
  ...values,
  'LISTENER MERGE': bothSpellings(listener),
  'NETWORK_FILTER MERGE': bothSpellings({ ...connectionManager, typedConfig: { ...connectionManager.typedConfig, useRemoteAddress: 'quiet' } }),
}

/** By what a patch is applied to, and how: see `values`. */
export function tablesOf(context: string | undefined): Readonly<Record<string, Modelled>> {
  if (context === 'GATEWAY') return ofGateways
  return notInbound.has(context) ? values : inbound
}
